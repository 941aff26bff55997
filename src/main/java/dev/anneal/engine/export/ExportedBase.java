package dev.anneal.engine.export;

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
}
