package dev.anneal.service.training.history;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A complete checkpoint of a job.
 *
 * @param number internal key
 * @param step steps done
 * @param beta annealing coefficient of the next step; 0 means that the adapter is an ordinary LoRA
 * @param resumable whether it still has the optimizer's state
 * @param directory its folder in the artifact store
 */
public record Checkpoint(
        long number,
        String id,
        Instant createdAt,
        int step,
        double beta,
        boolean resumable,
        String directory,
        long bytes,
        @Nullable Double trainLoss,
        @Nullable Double trainMeanTokenAccuracy,
        @Nullable Double validLoss,
        @Nullable Double validMeanTokenAccuracy) {

    /** Whether weights made from it are exactly the trained model. */
    public boolean isMergeable() {
        return beta == 0.0;
    }
}
