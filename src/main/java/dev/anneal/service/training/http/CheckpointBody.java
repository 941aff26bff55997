package dev.anneal.service.training.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.service.training.history.Checkpoint;
import dev.anneal.service.training.job.Job;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The object {@code fine_tuning.job.checkpoint}. */
record CheckpointBody(
        String id,
        String object,
        Instant createdAt,
        String fineTunedModelCheckpoint,
        String fineTuningJobId,
        int stepNumber,
        Metrics metrics,
        Anneal anneal) {

    /** Each validation reads the whole file, so full and other values are equal. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Metrics(
            int step,
            @Nullable Double trainLoss,
            @Nullable Double trainMeanTokenAccuracy,
            @Nullable Double validLoss,
            @Nullable Double validMeanTokenAccuracy,
            @Nullable Double fullValidLoss,
            @Nullable Double fullValidMeanTokenAccuracy) {}

    /**
     * Beta at the checkpoint, whether weights made from it equal the trained model, and whether a training can resume
     * from it.
     */
    record Anneal(double beta, boolean mergeable, boolean resumable) {}

    static CheckpointBody of(Checkpoint checkpoint, Job job) {
        return new CheckpointBody(
                checkpoint.id(),
                "fine_tuning.job.checkpoint",
                checkpoint.createdAt(),
                job.modelName() + ":ckpt-step-" + checkpoint.step(),
                job.id(),
                checkpoint.step(),
                new Metrics(
                        checkpoint.step(),
                        checkpoint.trainLoss(),
                        checkpoint.trainMeanTokenAccuracy(),
                        checkpoint.validLoss(),
                        checkpoint.validMeanTokenAccuracy(),
                        checkpoint.validLoss(),
                        checkpoint.validMeanTokenAccuracy()),
                new Anneal(checkpoint.beta(), checkpoint.isMergeable() || job.isLinear(), checkpoint.resumable()));
    }
}
