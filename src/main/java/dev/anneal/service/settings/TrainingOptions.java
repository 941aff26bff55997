package dev.anneal.service.settings;

import org.jspecify.annotations.Nullable;

/**
 * The request's {@code anneal} object: settings of a training beyond OpenAI's. Null leaves the choice to {@link SettingsResolver}.
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
        @Nullable Double warmupRatio,
        @Nullable String learningRateSchedule,
        @Nullable Double weightDecay,
        @Nullable Double maxGradientNorm,
        @Nullable Integer maxLength,
        @Nullable Integer gradientAccumulation,
        @Nullable Integer checkpointInterval,
        @Nullable Integer evaluationInterval,
        @Nullable Double loraPlusRatio,
        boolean packing,
        String activationCheckpointing,
        int priority) {

    public static final int DEFAULT_PRIORITY = 5;

    static final String AUTO = "auto";
}
