package dev.anneal.service.operations.metrics;

import java.util.Map;

/** Metrics of a method's steps, by TRL's names, that become gauges. Others have names chosen by clients. */
final class MethodGauges {

    private static final Map<String, Gauge> BY_METRIC = Map.of(
            "reward",
            new Gauge(MeterNames.TRAIN_REWARD, "Mean reward of the last step's completions"),
            "kl",
            new Gauge(MeterNames.TRAIN_KL, "Divergence of the last step from the base model"),
            "entropy",
            new Gauge(MeterNames.TRAIN_ENTROPY, "Entropy of the last step's policy"),
            "completions/mean_length",
            new Gauge(MeterNames.TRAIN_COMPLETION_TOKENS, "Mean tokens of the last step's completions"),
            "completions/clipped_ratio",
            new Gauge(MeterNames.TRAIN_TRUNCATED, "Share of the last step's completions that were cut"),
            "rewards/accuracies",
            new Gauge(
                    MeterNames.TRAIN_PREFERENCE_ACCURACY, "Share of the last step's pairs that are in the right order"),
            "rewards/margins",
            new Gauge(MeterNames.TRAIN_PREFERENCE_MARGIN, "Mean margin of the rewards of the last step's pairs"));

    private MethodGauges() {}

    /** A gauge's name and meaning. */
    record Gauge(String name, String description) {}

    static Map<String, Gauge> byMetric() {
        return BY_METRIC;
    }
}
