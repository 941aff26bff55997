package dev.anneal.engine.export;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A finished export.
 *
 * @param proof as the manifest shows it
 * @param files everything in its folder, the manifest last
 */
public record Export(Map<String, @Nullable Object> proof, List<File> files) {

    /** A file, named relative to the folder. */
    public record File(String name, long bytes, String sha256) {}

    public Export {
        files = List.copyOf(files);
    }
}
