package dev.anneal.service.training.journal;

import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.training.history.Checkpoint;
import dev.anneal.service.training.job.Job;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The task of a worker that has claimed a training.
 *
 * @param settings the job's settings once its files were counted
 * @param initialAdapter location of the job's initial adapter; null if it has none
 * @param checkpoints checkpoints of earlier attempts, newest first; training resumes from the first intact one
 * @param validatedStep newest step whose validation is in the job's series, 0 for none
 */
public record TrainingOrder(
        Job job,
        TrainingSettings settings,
        @Nullable InitialAdapter initialAdapter,
        List<Checkpoint> checkpoints,
        int validatedStep) {

    /** Exactly one of the two: the folder of another job's checkpoint, or the id of an uploaded archive. */
    public record InitialAdapter(
            @Nullable String directory, @Nullable String fileId) {}

    public TrainingOrder {
        checkpoints = List.copyOf(checkpoints);
    }
}
