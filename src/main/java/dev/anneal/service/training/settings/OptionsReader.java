package dev.anneal.service.training.settings;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.StrictObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the request's {@code anneal} object, and refuses by name what this version does not do yet. */
final class OptionsReader {

    private static final List<String> SCHEDULES = List.of("linear", "cosine", "constant");
    private static final List<String> CHECKPOINTING = List.of(TrainingOptions.AUTO, "on", "off");
    static final int MOST_STEPS = 10_000_000;

    private OptionsReader() {}

    static TrainingOptions read(StrictObject given, MethodReader.Read method) {
        TrainingOptions options = options(given, method.evaluationInterval());
        if (options.learningRate() != null && method.hyperparameters().learningRateMultiplier() != null) {
            throw Refusal.invalidValue(
                    "anneal.learning_rate",
                    "'anneal.learning_rate' and 'learning_rate_multiplier' are both given; leave one of them out");
        }
        refuseEarlyStopping(given.object("early_stopping"), given);
        given.refuseOthers();
        return options;
    }

    private static TrainingOptions options(StrictObject given, @Nullable Integer evaluationInterval) {
        return new TrainingOptions(
                given.number("learning_rate", LearningRates::areTrainedWith, LearningRates.RANGE),
                given.wholeNumber("max_steps", 1, MOST_STEPS),
                or(
                        given.number("warmup_ratio", value -> value >= 0 && value < 1, "from 0 to below 1"),
                        TrainingOptions.WARMUP_RATIO),
                or(given.choice("lr_schedule", SCHEDULES), SCHEDULES.get(0)),
                or(given.number("weight_decay", value -> value >= 0 && value <= 1, "from 0 to 1"), 0.0),
                or(given.number("max_grad_norm", value -> value > 0, "above 0"), TrainingOptions.MAX_GRADIENT_NORM),
                given.wholeNumber("max_length", 8, 1_048_576),
                or(given.wholeNumber("gradient_accumulation", 1, 1024), 1),
                given.wholeNumber("checkpoint_interval", 1, MOST_STEPS),
                evaluationInterval(given, evaluationInterval),
                or(given.number("lora_plus_ratio", value -> value >= 1 && value <= 100, "from 1 to 100"), 1.0),
                Boolean.TRUE.equals(given.flag("packing")),
                or(given.choice("activation_checkpointing", CHECKPOINTING), TrainingOptions.AUTO),
                or(given.wholeNumber("priority", 0, 9), TrainingOptions.DEFAULT_PRIORITY));
    }

    /** A value of the request, or what stands for it if it is left out. */
    static <T> T or(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
    }

    /** @param ofMethod what the method's hyperparameters say */
    private static @Nullable Integer evaluationInterval(StrictObject given, @Nullable Integer ofMethod) {
        Integer own = given.wholeNumber("eval_interval", 1, MOST_STEPS);
        if (own != null && ofMethod != null) {
            throw Refusal.invalidValue(
                    "anneal.eval_interval",
                    "'anneal.eval_interval' and the method's 'eval_interval' are both given; leave one of them out");
        }
        return own == null ? ofMethod : own;
    }

    private static void refuseEarlyStopping(@Nullable StrictObject stopping, StrictObject given) {
        if (stopping == null) {
            return;
        }
        if (!Boolean.TRUE.equals(stopping.flag("finish_anneal"))) {
            throw new Refusal(
                    RefusalCode.EARLY_STOP_BEFORE_ANNEALED,
                    "'anneal.early_stopping' could end the job while beta is above 0, which leaves an adapter that cannot be merged;"
                            + " it needs 'finish_anneal': true",
                    "anneal.early_stopping");
        }
        throw notYet(given, "early_stopping", "given; it");
    }

    private static Refusal notYet(StrictObject given, String key, String what) {
        String param = given.param(key);
        return new Refusal(
                RefusalCode.NOT_SUPPORTED,
                "'" + param + "' is " + what + " is not supported by this version yet; leave it out",
                param);
    }
}
