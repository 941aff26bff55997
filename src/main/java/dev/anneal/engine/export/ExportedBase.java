package dev.anneal.engine.export;

import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The base model of an export.
 *
 * @param id name of the model for clients
 * @param revision commit on the Hub; null for a model without one
 * @param directory its Hugging Face directory
 * @param fingerprint current fingerprint of its configuration and weights
 */
public record ExportedBase(String id, @Nullable String revision, Path directory, String fingerprint) {

    /** The configuration, checked against its weights. */
    ModelConfig config(WeightDirectory weights) throws IOException {
        return ModelConfig.read(directory.resolve(CompanionFiles.CONFIG), weights);
    }

    /**
     * As {@link #config}, of a model that something is merged into.
     *
     * @throws ExportException if its weights are in 4 bits
     */
    ModelConfig mergeable(WeightDirectory weights) throws IOException {
        ModelConfig config = config(weights);
        if (config.storedInNf4()) {
            throw new ExportException(
                    ExportException.Code.UNSUPPORTED_BY_FORMAT,
                    ("the files of %s have its projections in 4 bits, and merging into what these stand for would round"
                                    + " twice; export kind 'adapter', which serves with these files or with the model"
                                    + " that they were quantised from")
                            .formatted(id));
        }
        return config;
    }
}
