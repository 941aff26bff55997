package dev.anneal.service.training.settings;

import org.jspecify.annotations.Nullable;

/**
 * The request's {@code anneal} object: settings of a training beyond OpenAI's. Null leaves the choice to {@link SettingsResolver}, which knows
 * model and files; everything else has its default.
 *
 * @param learningRate peak rate; excludes the multiplier
 * @param maxSteps optimizer steps, whatever the epochs say
 * @param warmupRatio share of the steps over which the rate rises, 0 to below 1
 * @param learningRateSchedule {@code linear}, {@code cosine} or {@code constant}
 * @param maxLength longest row in tokens
 * @param gradientAccumulation batches that make one optimizer step
 * @param checkpointInterval steps between checkpoints
 * @param evaluationInterval steps between validation passes
 * @param loraPlusRatio learning rate of B over that of A
 * @param packing whether a batch counts packed sequences instead of rows
 * @param activationCheckpointing {@code auto}, {@code on} or {@code off}
 * @param priority 0, the most urgent, to 9
 */
public record TrainingOptions(
        @Nullable Double learningRate,
        @Nullable Integer maxSteps,
        double warmupRatio,
        String learningRateSchedule,
        double weightDecay,
        double maxGradientNorm,
        @Nullable Integer maxLength,
        int gradientAccumulation,
        @Nullable Integer checkpointInterval,
        @Nullable Integer evaluationInterval,
        double loraPlusRatio,
        boolean packing,
        String activationCheckpointing,
        int priority) {

    static final int DEFAULT_PRIORITY = 5;
    static final double WARMUP_RATIO = 0.03;
    static final double MAX_GRADIENT_NORM = 1.0;

    static final String AUTO = "auto";
}
