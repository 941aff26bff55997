package dev.anneal.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the service knows of the training that an export comes from, for the card in its folder.
 *
 * @param jobId id of the job; null if the adapter was trained elsewhere
 * @param model name of the model that the job makes
 * @param trainingData null if the adapter was trained elsewhere
 * @param validationData null if the job has none
 * @param initialAdapter the adapter that the training began with, or that was trained elsewhere; null for values of its own
 * @param curve steps up to the checkpoint, in order; of long trainings some of them
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
     * @param sha256 of its content; null if it has been deleted
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
     * @param loss of its rows, nats per trained token; null if it was not finite
     * @param validationLoss of the validation file after it, or null
     */
    public record Point(
            int step, @Nullable Double loss, @Nullable Double validationLoss, double beta) {}

    public TrainingRecord {
        curve = List.copyOf(curve);
    }
}
