package dev.anneal.service.training.journal;

import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.training.history.Checkpoint;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a worker that has claimed a training is to do.
 *
 * @param createdAt when the job was created
 * @param model id of the base model
 * @param modelRevision commit of the Hub that it must be; null for one from the operator's folder
 * @param trainingFile id of an uploaded file
 * @param validationFile id of an uploaded file, or null
 * @param adapter null trains all weights
 * @param initialAdapter where the adapter lies that the job begins with; null for one with values of its own
 * @param checkpoints newest ones of earlier attempts, newest first; training goes on from the first that is whole
 * @param validatedStep newest step whose validation is in the job's series, 0 for none
 */
public record TrainingOrder(
        String tenantId,
        String jobId,
        Instant createdAt,
        String model,
        @Nullable String modelRevision,
        String trainingFile,
        @Nullable String validationFile,
        @Nullable AdapterSettings adapter,
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

    /** The newest checkpoint, from which training goes on if it is whole; null to start anew. */
    public @Nullable Checkpoint resumeFrom() {
        return checkpoints.isEmpty() ? null : checkpoints.get(0);
    }
}
