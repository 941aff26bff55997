package dev.anneal.engine.export;

import dev.anneal.protocol.Progress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A finished export.
 *
 * @param proof the proof in the manifest
 * @param files all files of its folder, the manifest last
 */
public record FinishedExport(Map<String, @Nullable Object> proof, List<Progress.Exported.File> files) {

    public FinishedExport {
        files = List.copyOf(files);
    }
}
