package dev.anneal.service.training.settings;

import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.StrictObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The request's {@code anneal} object: settings of a training beyond OpenAI's. Null leaves the choice to
 * {@link SettingsResolver}, which knows model and files; all others have defaults. Components are named like their keys
 * in the API.
 *
 * @param learningRate peak rate; excludes the multiplier
 * @param maxSteps optimizer steps; takes precedence over epochs
 * @param warmupRatio share of the steps in which the rate rises, 0 to below 1
 * @param lrSchedule {@code linear}, {@code cosine} or {@code constant}
 * @param maxLength maximum length of a row in tokens
 * @param gradientAccumulation number of batches of an optimizer step
 * @param checkpointInterval steps between checkpoints
 * @param evalInterval steps between validation passes
 * @param loraPlusRatio learning rate of B divided by that of A
 * @param packing whether batches consist of packed sequences instead of rows
 * @param activationCheckpointing {@code auto}, {@code on} or {@code off}
 * @param priority 0, the most urgent, to 9
 */
public record TrainingOptions(
        @Nullable Double learningRate,
        @Nullable Integer maxSteps,
        double warmupRatio,
        String lrSchedule,
        double weightDecay,
        double maxGradNorm,
        @Nullable Integer maxLength,
        int gradientAccumulation,
        @Nullable Integer checkpointInterval,
        @Nullable Integer evalInterval,
        double loraPlusRatio,
        boolean packing,
        String activationCheckpointing,
        int priority) {

    static final int MOST_STEPS = 10_000_000;
    private static final int DEFAULT_PRIORITY = 5;
    private static final double WARMUP_RATIO = 0.03;
    private static final double MAX_GRADIENT_NORM = 1.0;
    private static final List<String> SCHEDULES = List.of("linear", "cosine", "constant");
    private static final List<String> CHECKPOINTING = List.of("auto", "on", "off");

    /**
     * Reads the options, and refuses unsupported ones by name.
     *
     * @param given the request's {@code anneal} object
     */
    static TrainingOptions read(StrictObject given, MethodRules.Read method) {
        TrainingOptions options = new TrainingOptions(
                given.number("learning_rate", LearningRates::isTrainable, LearningRates.RANGE),
                given.wholeNumber("max_steps", 1, MOST_STEPS),
                or(given.number("warmup_ratio", value -> value >= 0 && value < 1, "from 0 to below 1"), WARMUP_RATIO),
                or(given.choice("lr_schedule", SCHEDULES), SCHEDULES.get(0)),
                or(given.number("weight_decay", value -> value >= 0 && value <= 1, "from 0 to 1"), 0.0),
                or(given.number("max_grad_norm", value -> value > 0, "above 0"), MAX_GRADIENT_NORM),
                given.wholeNumber("max_length", 8, 1_048_576),
                or(given.wholeNumber("gradient_accumulation", 1, 1024), 1),
                given.wholeNumber("checkpoint_interval", 1, MOST_STEPS),
                evalInterval(given, method.evaluationInterval()),
                or(given.number("lora_plus_ratio", value -> value >= 1 && value <= 100, "from 1 to 100"), 1.0),
                Boolean.TRUE.equals(given.flag("packing")),
                or(given.choice("activation_checkpointing", CHECKPOINTING), CHECKPOINTING.get(0)),
                or(given.wholeNumber("priority", 0, 9), DEFAULT_PRIORITY));
        if (options.learningRate != null && method.hyperparameters().learningRateMultiplier() != null) {
            throw Refusal.invalidValue(
                    "anneal.learning_rate",
                    "'anneal.learning_rate' and 'learning_rate_multiplier' are both given; leave one of them out");
        }
        refuseEarlyStopping(given);
        given.refuseOthers();
        return options;
    }

    /** The options with the resolved values of {@code training}; unchanged if it is null. */
    public TrainingOptions settledBy(@Nullable TrainingSettings training) {
        if (training == null) {
            return this;
        }
        int interval = training.evaluationIntervalSteps();
        return new TrainingOptions(
                training.optimizer().learningRate(),
                maxSteps,
                warmupRatio,
                lrSchedule,
                weightDecay,
                maxGradNorm,
                training.maxLengthTokens(),
                gradientAccumulation,
                training.checkpointIntervalSteps(),
                interval == 0 ? null : (Integer) interval,
                loraPlusRatio,
                packing,
                activationCheckpointing,
                priority);
    }

    /** A value of the request, or its default. */
    static <T> T or(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
    }

    /**
     * @param ofMethod value in the method's hyperparameters
     */
    private static @Nullable Integer evalInterval(StrictObject given, @Nullable Integer ofMethod) {
        Integer own = given.wholeNumber("eval_interval", 1, MOST_STEPS);
        if (own != null && ofMethod != null) {
            throw Refusal.invalidValue(
                    "anneal.eval_interval",
                    "'anneal.eval_interval' and the method's 'eval_interval' are both given; leave one of them out");
        }
        return own == null ? ofMethod : own;
    }

    private static void refuseEarlyStopping(StrictObject given) {
        StrictObject stopping = given.object("early_stopping");
        if (stopping == null) {
            return;
        }
        String param = given.param("early_stopping");
        if (!Boolean.TRUE.equals(stopping.flag("finish_anneal"))) {
            throw new Refusal(
                    RefusalCode.EARLY_STOP_BEFORE_ANNEALED,
                    "'anneal.early_stopping' could end the job while beta is above 0, which leaves an adapter that"
                            + " cannot be merged; it needs 'finish_anneal': true",
                    param);
        }
        throw new Refusal(
                RefusalCode.NOT_SUPPORTED,
                "'" + param + "' is given; it is not supported by this version yet; leave it out",
                param);
    }
}
