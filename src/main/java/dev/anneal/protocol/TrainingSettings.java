package dev.anneal.protocol;

import java.util.Objects;

/**
 * Settings of a training, with every {@code auto} resolved.
 *
 * @param method training method with its own settings
 * @param epochs passes over the training rows
 * @param batchRows number of rows, packed sequences, pairs or prompts of one optimizer step
 * @param totalSteps optimizer steps of the whole job; the annealing and learning-rate schedules refer to it
 * @param maxLengthTokens maximum length of a row; longer rows are cut at their end or dropped, and counted
 * @param packing whether rows are packed into sequences of at most {@code maxLengthTokens}, which batches then consist
 *     of
 * @param activationCheckpointing whether a layer's activations are recomputed in its backward pass instead of kept:
 *     {@code on}, {@code off}, or {@code auto} if they would not fit into memory. The results are bit-identical
 * @param optimizer learning rate and its schedule
 * @param checkpointIntervalSteps steps between checkpoints
 * @param evaluationIntervalSteps steps between validation passes; 0 validates only at the end
 * @param seed seed of data order, initialisation and dropout
 * @param reproducible whether a result has the same bits only with the same number of devices, or with any
 * @param basePrecision form of the frozen projections: {@code nf4}, 4 bits; {@code auto}, that of the arithmetic unless
 *     the checkpoint has them in 4 bits
 * @param basePlacement whether each of several processes keeps the frozen projections {@code whole}, or they are {@code
 *     sharded}, an equal share in each
 */
public record TrainingSettings(
        TrainingMethod method,
        int epochs,
        int batchRows,
        int totalSteps,
        int maxLengthTokens,
        boolean packing,
        String activationCheckpointing,
        Optimizer optimizer,
        int checkpointIntervalSteps,
        int evaluationIntervalSteps,
        long seed,
        String reproducible,
        String basePrecision,
        String basePlacement) {

    /** The engine's choice. */
    public static final String AUTO = "auto";

    /** Frozen projections in 4 bits, as bitsandbytes quantises them. */
    public static final String NF4 = "nf4";

    /** The same bits with the same number of devices. */
    public static final String SAME_DEVICES = "same_devices";

    /** The same bits with any number of devices. */
    public static final String ANY_DEVICES = "any_devices";

    /**
     * Portions of a step whose gradients are added in a fixed order if the result is to have the same bits with any
     * number of devices; also the largest such number.
     */
    public static final int ORDERED_PORTIONS = 8;

    /** The base on each device. */
    public static final String WHOLE = "whole";

    /** A share of each layer of the base on each device. */
    public static final String SHARDED = "sharded";

    /** Settings stored before a component existed lack it. */
    public TrainingSettings {
        method = Objects.requireNonNullElseGet(method, TrainingMethod.Supervised::new);
        reproducible = Objects.requireNonNullElse(reproducible, SAME_DEVICES);
        basePrecision = Objects.requireNonNullElse(basePrecision, AUTO);
        basePlacement = Objects.requireNonNullElse(basePlacement, WHOLE);
    }

    /** These settings with another method. */
    public TrainingSettings with(TrainingMethod other) {
        return new TrainingSettings(
                other,
                epochs,
                batchRows,
                totalSteps,
                maxLengthTokens,
                packing,
                activationCheckpointing,
                optimizer,
                checkpointIntervalSteps,
                evaluationIntervalSteps,
                seed,
                reproducible,
                basePrecision,
                basePlacement);
    }

    /**
     * AdamW, and Muon for the matrices of heads, with decoupled weight decay and a learning rate that warms up and
     * decays.
     *
     * @param learningRate peak learning rate
     * @param schedule {@code linear}, {@code cosine} or {@code constant} after the warm-up
     * @param warmupSteps steps over which the rate rises from 0 to its peak
     * @param weightDecay decay applied to every trained tensor
     * @param maxGradientNorm global norm to which larger gradients are scaled down
     * @param loraPlusRatio learning rate of B divided by that of A (LoRA+); 1 for ordinary LoRA
     */
    public record Optimizer(
            double learningRate,
            String schedule,
            int warmupSteps,
            double weightDecay,
            double maxGradientNorm,
            double loraPlusRatio) {}
}
