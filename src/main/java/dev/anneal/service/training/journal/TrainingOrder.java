package dev.anneal.service.training.journal;

import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.training.history.Checkpoint;
import dev.anneal.service.training.job.Job;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The task of a worker that has claimed a training. Folders are keys in the artifact store.
 *
 * @param initialCheckpoint folder of the checkpoint that the job begins with; null if it begins with an uploaded
 *     adapter or with none
 * @param targetCheckpoint folder of the checkpoint of a draft's target; null for its base model alone, or if no draft
 *     is trained
 * @param draftCheckpoint folder of the checkpoint of the draft of rollouts; null for none
 * @param checkpoints checkpoints of earlier attempts, newest first; training resumes from the first intact one
 * @param targetAnswers folder of the answers that a draft's target has written in earlier attempts; null if there is
 *     none
 * @param validatedStep newest step whose validation is in the job's series, 0 for none
 */
public record TrainingOrder(
        Job job,
        @Nullable String initialCheckpoint,
        @Nullable String targetCheckpoint,
        @Nullable String draftCheckpoint,
        List<Checkpoint> checkpoints,
        @Nullable String targetAnswers,
        int validatedStep) {

    public TrainingOrder {
        checkpoints = List.copyOf(checkpoints);
    }

    /** The job's settings once its files were counted. */
    public TrainingSettings settings() {
        return job.requireSettings().training();
    }
}
