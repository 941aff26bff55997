package dev.anneal.service.training.journal;

import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.training.history.Checkpoint;
import dev.anneal.service.training.job.Job;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a worker that has claimed a training is to do.
 *
 * @param settings those that the job's became when its files were counted
 * @param initialAdapter where the adapter lies that the job begins with; null for one with values of its own
 * @param checkpoints newest ones of earlier attempts, newest first; training goes on from the first that is whole
 * @param validatedStep newest step whose validation is in the job's series, 0 for none
 */
public record TrainingOrder(
        Job job,
        TrainingSettings settings,
        @Nullable InitialAdapter initialAdapter,
        List<Checkpoint> checkpoints,
        int validatedStep) {

    /** Exactly one of them: the folder of another job's checkpoint, or the id of an uploaded archive. */
    public record InitialAdapter(
            @Nullable String directory, @Nullable String fileId) {}

    public TrainingOrder {
        checkpoints = List.copyOf(checkpoints);
    }
}
