package dev.anneal.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Facts about an export's training, for its model card.
 *
 * @param jobId id of the job; null if the adapter was trained elsewhere
 * @param model name of the job's model
 * @param trainingData training file; null if the adapter was trained elsewhere
 * @param validationData validation file; null if the job has none
 * @param initialAdapter the adapter that the training started from, or that was trained elsewhere; null if values were
 *     drawn at random
 * @param curve steps up to the checkpoint, in order; a selection for long trainings
 */
public record TrainingRecord(
        @Nullable String jobId,
        String model,
        @Nullable DataFile trainingData,
        @Nullable DataFile validationData,
        @Nullable InitialAdapter initialAdapter,
        List<Point> curve) {

    /**
     * An uploaded file.
     *
     * @param sha256 hash of its content; null if it has been deleted
     */
    public record DataFile(String id, @Nullable String sha256) {}

    /** Exactly one of them: a checkpoint of an earlier job, or an uploaded archive of a PEFT folder. */
    public record InitialAdapter(
            @Nullable Saved checkpoint, @Nullable DataFile file) {}

    /** A checkpoint of a job. */
    public record Saved(String id, String jobId, int step) {}

    /**
     * A step.
     *
     * @param loss training loss, in nats per trained token; null if it was not finite
     * @param validationLoss validation loss after the step, or null
     */
    public record Point(
            int step, @Nullable Double loss, @Nullable Double validationLoss, double beta) {}

    public TrainingRecord {
        curve = List.copyOf(curve);
    }
}
