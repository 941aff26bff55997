package dev.anneal.service.training.settings;

import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.GraderObjects;
import dev.anneal.service.platform.request.StrictObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code method.reinforcement}, {@code anneal.rollouts}, and {@code anneal.loss} as it is meant there. Defaults are TRL's. */
public final class ReinforcementReader {

    /** Completions of a prompt where {@code compute_multiplier} is 1. */
    public static final int GROUP_SIZE = 8;

    /** Where a request has the grader. */
    public static final String GRADER = "method.reinforcement.grader";

    static final int MAX_COMPLETION_TOKENS = 512;
    static final int EVALUATION_SAMPLES = 1;
    static final int SAMPLE_INTERVAL_STEPS = 10;
    static final double CLIP = 0.2;

    private static final List<String> LOSSES = List.of("dapo", "grpo", "bnpo", "dr_grpo", "gspo");
    private static final List<String> SCALES = List.of("group", "batch", "none");
    private static final int MOST_COMPLETIONS = 256;

    private ReinforcementReader() {}

    static MethodReader.Read read(StrictObject body, @Nullable StrictObject reinforcement, StrictObject anneal) {
        MethodReader.refuseSupervisedOnly(body, anneal, TrainingMethod.REINFORCEMENT);
        Map<String, @Nullable Object> grader = reinforcement == null ? null : reinforcement.map("grader");
        if (reinforcement == null || grader == null) {
            throw new Refusal(
                    RefusalCode.MISSING_PARAMETER,
                    "'method.reinforcement.grader' is required: it gives completions their rewards, for example {\"type\": \"string_check\","
                            + " \"name\": \"exact\", \"input\": \"{{sample.output_text}}\", \"reference\": \"{{item.answer}}\", \"operation\": \"eq\"}",
                    GRADER);
        }
        GraderObjects.read(grader, GRADER);
        StrictObject hyperparameters = orEmpty(reinforcement, "hyperparameters");
        StrictObject rollouts = orEmpty(anneal, "rollouts");
        StrictObject loss = orEmpty(anneal, "loss");
        MethodReader.Read read = new MethodReader.Read(
                new TrainingMethod.Reinforcement(
                        grader,
                        rollouts(rollouts, hyperparameters),
                        policy(loss, rollouts),
                        or(
                                rollouts.wholeNumber("sample_interval", 1, OptionsReader.MOST_STEPS),
                                SAMPLE_INTERVAL_STEPS)),
                MethodReader.hyperparameters(hyperparameters),
                hyperparameters.wholeNumberOrAuto("eval_interval", 1, OptionsReader.MOST_STEPS));
        // How long a model thinks is the model's own here.
        hyperparameters.choice("reasoning_effort", List.of("default"));
        List.of(hyperparameters, rollouts, loss).forEach(StrictObject::refuseOthers);
        return read;
    }

    private static StrictObject orEmpty(StrictObject parent, String key) {
        StrictObject given = parent.object(key);
        return given == null ? StrictObject.empty(parent.param(key)) : given;
    }

    /** OpenAI's {@code compute_multiplier} scales how much is sampled. */
    private static TrainingMethod.Rollouts rollouts(StrictObject rollouts, StrictObject hyperparameters) {
        Double multiplier = hyperparameters.numberOrAuto(
                "compute_multiplier", value -> value >= 0.25 && value <= 32, "from 0.25 to 32");
        Integer groupSize = rollouts.wholeNumber("group_size", 2, MOST_COMPLETIONS);
        if (multiplier != null && groupSize != null) {
            throw Refusal.invalidValue(
                    "anneal.rollouts.group_size",
                    "'anneal.rollouts.group_size' and 'compute_multiplier', which multiplies its default of %d, are both given; leave one of them out"
                            .formatted(GROUP_SIZE));
        }
        return new TrainingMethod.Rollouts(
                or(groupSize, (int) Math.round(GROUP_SIZE * or(multiplier, 1))),
                or(rollouts.wholeNumber("max_completion_tokens", 1, 1_048_576), MAX_COMPLETION_TOKENS),
                or(rollouts.number("temperature", value -> value >= 0.1 && value <= 10, "from 0.1 to 10"), 1),
                or(rollouts.wholeNumber("top_k", 0, Integer.MAX_VALUE), 0),
                or(rollouts.number("top_p", value -> value > 0 && value <= 1, "above 0 and at most 1"), 1),
                or(rollouts.number("min_p", value -> value >= 0 && value < 1, "from 0 to below 1"), 0),
                or(hyperparameters.wholeNumberOrAuto("eval_samples", 1, MOST_COMPLETIONS), EVALUATION_SAMPLES));
    }

    private static TrainingMethod.Policy policy(StrictObject loss, StrictObject rollouts) {
        double clipLow = or(loss.number("clip_low", value -> value > 0 && value <= 1, "above 0 and at most 1"), CLIP);
        return new TrainingMethod.Policy(
                or(loss.choice("type", LOSSES), LOSSES.get(0)),
                clipLow,
                or(loss.number("clip_high", value -> value > 0 && value <= 10, "above 0 and at most 10"), clipLow),
                or(loss.number("kl_weight", value -> value >= 0 && value <= 10, "from 0 to 10"), 0),
                or(loss.choice("scale_rewards", SCALES), SCALES.get(0)),
                Boolean.TRUE.equals(loss.flag("mask_truncated")),
                or(rollouts.wholeNumber("updates", 1, 64), 1));
    }

    private static int or(@Nullable Integer given, int otherwise) {
        return given == null ? otherwise : given;
    }

    private static double or(@Nullable Double given, double otherwise) {
        return given == null ? otherwise : given;
    }

    private static String or(@Nullable String given, String otherwise) {
        return given == null ? otherwise : given;
    }
}
