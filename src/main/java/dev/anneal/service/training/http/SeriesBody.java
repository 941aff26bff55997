package dev.anneal.service.training.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.service.training.history.SeriesRow;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One step of a job's series. */
@JsonInclude(JsonInclude.Include.ALWAYS)
record SeriesBody(
        int step,
        long createdAt,
        double epoch,
        @Nullable Double trainLoss,
        @Nullable Double trainMeanTokenAccuracy,
        double learningRate,
        @Nullable Double gradNorm,
        double beta,
        long trainedTokens,
        long tokens,
        double tokensPerSecond,
        double seconds,
        @Nullable Double validLoss,
        @Nullable Double validMeanTokenAccuracy,
        @Nullable Double validBeta,
        Map<String, Double> metrics,
        Map<String, Double> validMetrics) {

    static SeriesBody of(SeriesRow row) {
        return new SeriesBody(
                row.step(),
                row.recordedAt().getEpochSecond(),
                row.epoch(),
                row.trainLoss(),
                row.trainMeanTokenAccuracy(),
                row.learningRate(),
                row.gradNorm(),
                row.beta(),
                row.trainedTokens(),
                row.tokens(),
                row.tokensPerSecond(),
                row.seconds(),
                row.validLoss(),
                row.validMeanTokenAccuracy(),
                row.validBeta(),
                row.metrics(),
                row.validMetrics());
    }
}
