package dev.anneal.service.training.settings;

import dev.anneal.protocol.Setting;
import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.StrictObject;
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
 * @param devices number of devices that train the job together
 * @param reproducible {@link TrainingSettings#SAME_DEVICES} or {@link TrainingSettings#ANY_DEVICES}
 * @param basePrecision {@code auto} or {@code nf4}
 * @param basePlacement {@link TrainingSettings#WHOLE} or {@link TrainingSettings#SHARDED}
 * @param priority 0, the most urgent, to 9
 */
public record TrainingOptions(
        @Setting(range = "[1e-12, 1]") @Nullable Double learningRate,
        @Setting(range = Setting.STEPS) @Nullable Integer maxSteps,
        @Setting(byDefault = "0.03", range = "[0, 1)") double warmupRatio,

        @Setting(byDefault = "linear", choices = "linear, cosine, constant")
        String lrSchedule,

        @Setting(byDefault = "0", range = "[0, 1]") double weightDecay,
        @Setting(byDefault = "1", range = "(0, )") double maxGradNorm,
        @Setting(range = "[8, 1048576]") @Nullable Integer maxLength,
        @Setting(byDefault = "1", range = "[1, 1024]") int gradientAccumulation,
        @Setting(range = Setting.STEPS) @Nullable Integer checkpointInterval,
        @Setting(range = Setting.STEPS) @Nullable Integer evalInterval,
        @Setting(byDefault = "1", range = "[1, 100]") double loraPlusRatio,
        @Setting(byDefault = "false") boolean packing,

        @Setting(byDefault = "auto", choices = "auto, on, off")
        String activationCheckpointing,

        @Setting(byDefault = "1", range = "[1, 1024]") int devices,

        @Setting(byDefault = TrainingSettings.SAME_DEVICES, choices = "same_devices, any_devices")
        String reproducible,

        @Setting(byDefault = "auto", choices = "auto, nf4") String basePrecision,

        @Setting(byDefault = TrainingSettings.WHOLE, choices = "whole, sharded")
        String basePlacement,

        @Setting(byDefault = "5", range = "[0, 9]") int priority) {

    /**
     * Reads the options, and refuses unsupported ones by name.
     *
     * @param given the request's {@code anneal} object
     */
    static TrainingOptions read(StrictObject given, MethodRules.Read method) {
        TrainingOptions options = given.read(TrainingOptions.class);
        Integer ofMethod = method.evaluationInterval();
        if (options.learningRate != null && method.hyperparameters().learningRateMultiplier() != null) {
            throw Refusal.invalidValue(
                    "anneal.learning_rate",
                    "'anneal.learning_rate' and 'learning_rate_multiplier' are both given; leave one of them out");
        }
        if (options.evalInterval != null && ofMethod != null) {
            throw Refusal.invalidValue(
                    "anneal.eval_interval",
                    "'anneal.eval_interval' and the method's 'eval_interval' are both given; leave one of them out");
        }
        refuseEarlyStopping(given);
        given.refuseOthers();
        DeviceRules.check(options, method);
        return ofMethod == null
                ? options
                : options.with(options.learningRate, options.maxLength, options.checkpointInterval, ofMethod);
    }

    /** Whether the devices must be of one worker: the weights of a shared-out base travel for each micro-batch. */
    public boolean needsOneWorker() {
        return devices == 1 || basePlacement.equals(TrainingSettings.SHARDED);
    }

    /** The options with the resolved values of {@code training}; unchanged if it is null. */
    public TrainingOptions settledBy(@Nullable TrainingSettings training) {
        if (training == null) {
            return this;
        }
        int interval = training.evaluationIntervalSteps();
        return with(
                training.optimizer().learningRate(),
                training.maxLengthTokens(),
                training.checkpointIntervalSteps(),
                interval == 0 ? null : (Integer) interval);
    }

    private TrainingOptions with(
            @Nullable Double rate,
            @Nullable Integer length,
            @Nullable Integer checkpoints,
            @Nullable Integer validations) {
        return new TrainingOptions(
                rate,
                maxSteps,
                warmupRatio,
                lrSchedule,
                weightDecay,
                maxGradNorm,
                length,
                gradientAccumulation,
                checkpoints,
                validations,
                loraPlusRatio,
                packing,
                activationCheckpointing,
                devices,
                reproducible,
                basePrecision,
                basePlacement,
                priority);
    }

    /** A value of the request, or its default. */
    static <T> T or(@Nullable T given, T otherwise) {
        return given == null ? otherwise : given;
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
