package dev.anneal.service.notification.mlflow;

import dev.anneal.service.training.history.SeriesRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A number of a run, under its name in the job's series. */
record Measurement(String key, double value, Instant at, int step) {

    /** Maximum size of a batch. */
    static final int MOST_OF_A_BATCH = 1_000;

    /**
     * A validation; values that were not finite are null.
     *
     * @param metrics further metrics of the job's method
     */
    record Validation(
            int step,
            Instant at,
            double beta,
            @Nullable Double loss,
            @Nullable Double tokenAccuracy,
            Map<String, Double> metrics) {}

    Map<String, Object> toWire() {
        return Map.of("key", key, "value", value, "timestamp", at.toEpochMilli(), "step", step);
    }

    static List<Measurement> of(SeriesRow row) {
        Collector numbers = new Collector(row.createdAt(), row.step());
        row.figures().forEach((name, value) -> numbers.add(name, value == null ? null : (Double) value.doubleValue()));
        numbers.add("seconds", row.seconds());
        row.metrics().forEach(numbers::add);
        return numbers.found;
    }

    static List<Measurement> of(Validation row) {
        Collector numbers = new Collector(row.at(), row.step());
        numbers.add("valid_loss", row.loss());
        numbers.add("valid_mean_token_accuracy", row.tokenAccuracy());
        numbers.add("valid_beta", row.beta());
        row.metrics().forEach((name, value) -> numbers.add("valid_" + name, value));
        return numbers.found;
    }

    /** Collects the numbers of one row, without nulls. */
    private static final class Collector {

        private final List<Measurement> found = new ArrayList<>();
        private final Instant at;
        private final int step;

        Collector(Instant at, int step) {
            this.at = at;
            this.step = step;
        }

        void add(String name, @Nullable Double value) {
            String key = MlflowNames.key(name);
            if (value != null && found.stream().noneMatch(number -> number.key.equals(key))) {
                found.add(new Measurement(key, value, at, step));
            }
        }
    }
}
