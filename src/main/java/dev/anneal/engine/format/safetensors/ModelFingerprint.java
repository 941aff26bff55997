package dev.anneal.engine.format.safetensors;

import dev.anneal.engine.format.file.HashMemory;
import dev.anneal.engine.format.file.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Identity of a base model: SHA-256 over its configuration and its weights, so that an adapter is never merged into
 * another model than it was trained on. Equals the output of
 * {@code sha256sum config.json model*.safetensors | sha256sum} in the model's directory.
 */
public final class ModelFingerprint {

    private ModelFingerprint() {}

    /**
     * @param cache folder that caches hashes of unchanged files, or null to read every byte
     */
    public static String of(WeightDirectory weights, @Nullable Path cache) throws IOException {
        StringBuilder listing = new StringBuilder();
        append(listing, weights.directory().resolve("config.json"), cache);
        for (SafetensorsFile file : weights.files()) {
            append(listing, file.path(), cache);
        }
        return Sha256.ofText(listing.toString());
    }

    private static void append(StringBuilder listing, Path file, @Nullable Path cache) throws IOException {
        String hash = cache == null ? Sha256.of(file) : new HashMemory(cache).of(file);
        listing.append(hash).append("  ").append(file.getFileName()).append('\n');
    }
}
