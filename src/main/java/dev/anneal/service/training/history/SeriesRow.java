package dev.anneal.service.training.history;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import dev.anneal.protocol.Figure;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An optimizer step of a job with the validation after it, if any. Serialised as it is in the API.
 *
 * @param step steps done, 1 after the first
 * @param seconds duration of the step
 * @param figures each {@link Figure} by name, in order; null if it is unknown or was not finite
 * @param metrics further figures of the job's method
 * @param validMetrics likewise for validations
 */
public record SeriesRow(
        int step,
        Instant createdAt,
        double seconds,
        @JsonAnyGetter Map<String, @Nullable Number> figures,
        @Nullable Double validLoss,
        @Nullable Double validMeanTokenAccuracy,
        @Nullable Double validBeta,
        Map<String, Double> metrics,
        Map<String, Double> validMetrics) {

    public SeriesRow {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        metrics = Map.copyOf(metrics);
        validMetrics = Map.copyOf(validMetrics);
    }

    /** Annealing coefficient of the step. */
    public double beta() {
        return Objects.requireNonNull(get(Figure.BETA));
    }

    /** The figure's value; null if it is unknown or was not finite. */
    public @Nullable Double get(Figure figure) {
        Number value = figures.get(figure.wireName());
        return value == null ? null : (Double) value.doubleValue();
    }
}
