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
 * @param target location of the target of a draft; null if no draft is trained
 * @param draft folder of the checkpoint of the draft of rollouts; null for none
 * @param checkpoints checkpoints of earlier attempts, newest first; training resumes from the first intact one
 * @param targetAnswers key of the folder of answers that a draft's target has written in earlier attempts; null if
 *     there is none
 * @param validatedStep newest step whose validation is in the job's series, 0 for none
 */
public record TrainingOrder(
        Job job,
        TrainingSettings settings,
        @Nullable InitialAdapter initialAdapter,
        @Nullable Target target,
        @Nullable String draft,
        List<Checkpoint> checkpoints,
        @Nullable String targetAnswers,
        int validatedStep) {

    /** Exactly one of the two: the folder of another job's checkpoint, or the id of an uploaded archive. */
    public record InitialAdapter(
            @Nullable String directory, @Nullable String fileId) {}

    /** A base model, with the folder of a checkpoint of it or without. */
    public record Target(
            String base,
            @Nullable String revision,
            @Nullable String directory) {}

    public TrainingOrder {
        checkpoints = List.copyOf(checkpoints);
    }
}
