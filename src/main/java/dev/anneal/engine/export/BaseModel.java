package dev.anneal.engine.export;

import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The base model of an export.
 *
 * @param id name that clients use
 * @param revision commit of the Hub that it is; null for one that has none
 * @param directory its Hugging Face directory
 * @param fingerprint of its configuration and weights as they are now
 */
public record BaseModel(String id, @Nullable String revision, Path directory, String fingerprint) {

    /** The configuration, as its weights have it. */
    ModelConfig config(WeightDirectory weights) throws IOException {
        return ModelConfig.read(directory.resolve(CompanionFiles.CONFIG), weights);
    }
}
