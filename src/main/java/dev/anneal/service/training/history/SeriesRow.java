package dev.anneal.service.training.history;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An optimizer step of a job with the validation after it, if any. Values that were not finite are null. Serialised as
 * it is in the API.
 *
 * @param step steps done, 1 after the first
 * @param beta annealing coefficient of the step
 * @param trainedTokens trained tokens so far
 * @param tokens tokens read so far
 * @param sharedTokens how many of these were not computed, because the same beginning of another row was
 * @param seconds duration of the step
 * @param metrics additional metrics of the job's method
 * @param validMetrics likewise for validations
 */
public record SeriesRow(
        int step,
        Instant createdAt,
        double epoch,
        @Nullable Double trainLoss,
        @Nullable Double trainMeanTokenAccuracy,
        double learningRate,
        @Nullable Double gradNorm,
        double beta,
        long trainedTokens,
        long tokens,
        long sharedTokens,
        double tokensPerSecond,
        double seconds,
        @Nullable Double validLoss,
        @Nullable Double validMeanTokenAccuracy,
        @Nullable Double validBeta,
        Map<String, Double> metrics,
        Map<String, Double> validMetrics) {

    public SeriesRow {
        metrics = Map.copyOf(metrics);
        validMetrics = Map.copyOf(validMetrics);
    }
}
