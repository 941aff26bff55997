package dev.anneal.service.worker.watch;

import dev.anneal.protocol.Figure;
import dev.anneal.service.platform.meter.MeterNames;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;

/** Name, tags and meaning of the gauge of a figure. */
record FigureGauge(String name, Tags tags, String description) {

    private static final String IN_VALIDATION = "in the last validation";

    /** Largest number of tokens that a draft proposes at a time. */
    private static final int MOST_PROPOSED = 16;

    /** Gauges of steps by the name of their figure; names that are not here may be a client's own. */
    static final Map<String, FigureGauge> OF_STEPS = ofSteps();

    /** Likewise of measurements of the annealing, which some steps have. */
    static final Map<String, FigureGauge> OF_ANNEALING = ofAnnealing();

    /** Likewise of validations. */
    static final Map<String, FigureGauge> OF_VALIDATIONS = Map.of(
            "acceptance_length/greedy",
            acceptanceLength("greedy", IN_VALIDATION),
            "acceptance_length/sampled",
            acceptanceLength("sampled", IN_VALIDATION));

    private static FigureGauge untagged(String name, String description) {
        return new FigureGauge(name, Tags.empty(), description);
    }

    private static Map<String, FigureGauge> ofSteps() {
        Map<String, FigureGauge> gauges = new HashMap<>();
        gauges.put(Figure.BETA.wireName(), untagged(MeterNames.TRAIN_BETA, "Annealing coefficient of the last step"));
        gauges.put(
                Figure.TRAIN_LOSS.wireName(),
                untagged(MeterNames.TRAIN_LOSS, "Loss of the last step in nats per token"));
        gauges.put(
                Figure.LEARNING_RATE.wireName(),
                untagged(MeterNames.TRAIN_LEARNING_RATE, "Learning rate of the last step"));
        gauges.put(
                Figure.GRAD_NORM.wireName(),
                untagged(MeterNames.TRAIN_GRADIENT_NORM, "Gradient norm of the last step before clipping"));
        gauges.put(
                Figure.TOKENS_PER_SECOND.wireName(),
                untagged(MeterNames.TRAIN_TOKENS_PER_SECOND, "Speed of the last step"));
        gauges.put("reward", untagged(MeterNames.TRAIN_REWARD, "Mean reward of the last step's completions"));
        gauges.put("kl", untagged(MeterNames.TRAIN_KL, "Divergence of the last step from the base model"));
        gauges.put("entropy", untagged(MeterNames.TRAIN_ENTROPY, "Entropy of the last step's policy"));
        gauges.put(
                "completions/mean_length",
                untagged(MeterNames.TRAIN_COMPLETION_TOKENS, "Mean tokens of the last step's completions"));
        gauges.put(
                "completions/clipped_ratio",
                untagged(MeterNames.TRAIN_TRUNCATED, "Share of the last step's completions that were cut"));
        gauges.put(
                "rewards/accuracies",
                untagged(
                        MeterNames.TRAIN_PREFERENCE_ACCURACY,
                        "Share of the last step's pairs that are in the right order"));
        gauges.put(
                "rewards/margins",
                untagged(MeterNames.TRAIN_PREFERENCE_MARGIN, "Mean margin of the rewards of the last step's pairs"));
        gauges.put("acceptance_length/rollout", acceptanceLength("rollout", "in the last step's rollout"));
        gauges.put(
                "overlap/1",
                untagged(
                        MeterNames.TRAIN_DRAFT_OVERLAP,
                        "Probability that draft and target had in common in the last step"));
        for (int tokens = 1; tokens <= MOST_PROPOSED; tokens++) {
            gauges.put("acceptance/" + tokens, acceptance(tokens));
        }
        return Map.copyOf(gauges);
    }

    private static Map<String, FigureGauge> ofAnnealing() {
        return Map.of(
                "annealing/gap",
                untagged(MeterNames.TRAIN_ANNEALING_GAP, "What a merge at the last measurement would have cost"),
                "annealing/even_share",
                untagged(MeterNames.TRAIN_EVEN_SHARE, "Non-linear share of the adapter at the last measurement"),
                "annealing/adapter_share",
                untagged(
                        MeterNames.TRAIN_ADAPTER_SHARE,
                        "Norm of the adapter's output against the frozen weights' at the last measurement"));
    }

    private static FigureGauge acceptance(int tokens) {
        return new FigureGauge(
                MeterNames.TRAIN_DRAFT_ACCEPTANCE,
                Tags.of("tokens", Integer.toString(tokens)),
                "Share of the last step's positions at which so many tokens of the draft are the target's most likely"
                        + " ones");
    }

    private static FigureGauge acceptanceLength(String decoding, String when) {
        return new FigureGauge(
                MeterNames.TRAIN_DRAFT_ACCEPTANCE_LENGTH,
                Tags.of("decoding", decoding),
                "Tokens that the target writes per pass with the draft, " + when);
    }
}
