package dev.anneal.service.operations.metrics;

import java.util.LinkedHashMap;
import java.util.Map;

/** Which of the values that a method measures in a step, named as TRL names them, become gauges; the names of others are a client's own. */
final class MethodGauges {

    private static final Map<String, Gauge> BY_METRIC = new LinkedHashMap<>();

    static {
        BY_METRIC.put("reward", new Gauge(MeterNames.TRAIN_REWARD, "Mean reward of the last step's completions"));
        BY_METRIC.put("kl", new Gauge(MeterNames.TRAIN_KL, "Divergence of the last step from the base model"));
        BY_METRIC.put("entropy", new Gauge(MeterNames.TRAIN_ENTROPY, "Entropy of the last step's policy"));
        BY_METRIC.put(
                "completions/mean_length",
                new Gauge(MeterNames.TRAIN_COMPLETION_TOKENS, "Mean tokens of the last step's completions"));
        BY_METRIC.put(
                "completions/clipped_ratio",
                new Gauge(MeterNames.TRAIN_TRUNCATED, "Share of the last step's completions that were cut"));
        BY_METRIC.put(
                "rewards/accuracies",
                new Gauge(
                        MeterNames.TRAIN_PREFERENCE_ACCURACY,
                        "Share of the last step's pairs that are in the right order"));
        BY_METRIC.put(
                "rewards/margins",
                new Gauge(MeterNames.TRAIN_PREFERENCE_MARGIN, "Mean margin of the rewards of the last step's pairs"));
    }

    private MethodGauges() {}

    /** A gauge's name and meaning. */
    record Gauge(String name, String description) {}

    static Map<String, Gauge> byMetric() {
        return BY_METRIC;
    }
}
