package dev.anneal.service.results.export;

import dev.anneal.protocol.DraftFormat;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.queue.Work;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An export in its current state.
 *
 * @param number internal key
 * @param origin origin of the export
 * @param format format of a draft; null for other kinds
 * @param baseRevision the base model's commit on the Hub; null for one from the operator's folder
 * @param result the result; null until it has succeeded
 * @param work its work in the queue, whose state is the export's
 */
public record Export(
        long number,
        String id,
        Origin origin,
        Instant createdAt,
        ExportKind kind,
        String dtype,
        @Nullable DraftFormat format,
        @Nullable String name,
        @Nullable String baseRevision,
        @Nullable Result result,
        Work work) {

    /** What an export is made from. */
    public sealed interface Origin {}

    /**
     * A checkpoint of a job.
     *
     * @param job internal key of the job
     * @param beta annealing coefficient of the checkpoint
     */
    public record OfCheckpoint(long job, String checkpointId, int step, double beta) implements Origin {}

    /**
     * An adapter that PEFT saved elsewhere.
     *
     * @param fileId the uploaded archive
     * @param model id of its base model
     * @param validationFile id of the file whose first rows are added to the probe prompts, or null
     */
    public record OfAdapter(
            String fileId, String model, @Nullable String validationFile) implements Origin {}

    /**
     * Its files.
     *
     * @param use of the files, in words between "Export ftexp-… is queued; " and " when its status is 'succeeded'"
     * @throws Refusal {@code export_not_ready} unless it has succeeded
     */
    public Result requireResult(String use) {
        if (result == null) {
            throw new Refusal(
                    RefusalCode.EXPORT_NOT_READY,
                    "Export " + id + " is " + work.state().wireName() + "; " + use + " when its status is 'succeeded'");
        }
        return result;
    }

    /** The checkpoint, if it is made from one. */
    public Optional<OfCheckpoint> checkpoint() {
        return origin instanceof OfCheckpoint checkpoint ? Optional.of(checkpoint) : Optional.empty();
    }

    /** The uploaded adapter, if it is made from one. */
    public Optional<OfAdapter> adapter() {
        return origin instanceof OfAdapter adapter ? Optional.of(adapter) : Optional.empty();
    }

    /** @param job internal key; null: whether it belongs to no job */
    boolean isOf(@Nullable Long job) {
        return Objects.equals(checkpoint().map(OfCheckpoint::job).orElse(null), job);
    }

    /**
     * The files of a finished export.
     *
     * @param directory key of its folder in the artifact store
     * @param proof the proof in the manifest
     */
    public record Result(String directory, Map<String, Object> proof, List<File> files) {

        public Result {
            files = List.copyOf(files);
        }
    }

    /** A file of the export; its name is relative to the export's folder. */
    public record File(String name, long bytes, String sha256) {}
}
