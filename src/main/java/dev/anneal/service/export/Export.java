package dev.anneal.service.export;

import dev.anneal.service.queue.Work;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An export as it stands now.
 *
 * @param number internal key
 * @param job internal key of its job
 * @param checkpointStep step of the checkpoint that it is made from
 * @param beta the checkpoint's
 * @param result null until it has succeeded
 * @param work its making as the queue sees it; its state is the export's
 */
public record Export(
        long number,
        String id,
        long job,
        String checkpointId,
        int checkpointStep,
        double beta,
        Instant createdAt,
        ExportKind kind,
        String dtype,
        @Nullable String name,
        @Nullable Result result,
        Work work) {

    /**
     * What the export has made.
     *
     * @param directory key of its folder in the artifact store
     * @param proof as it stands in the manifest
     */
    public record Result(String directory, Map<String, Object> proof, List<File> files) {

        public Result {
            files = List.copyOf(files);
        }
    }

    /** A file of the export, named relative to its folder. */
    public record File(String name, long bytes, String sha256) {}
}
