package dev.anneal.protocol;

import java.util.Objects;

/**
 * How a job trains, with every {@code auto} resolved.
 *
 * @param method what is learned from
 * @param epochs passes over the training rows
 * @param batchRows rows of one optimizer step, packed sequences, pairs, or prompts
 * @param totalSteps optimizer steps of the whole job; the annealing and learning-rate schedules refer to it
 * @param maxLengthTokens longest row in tokens; longer rows are cut at their end or dropped, and counted
 * @param packing whether rows are packed into sequences of at most {@code maxLengthTokens}, which are then what a batch counts
 * @param activationCheckpointing whether a layer's activations are computed again for its backward instead of kept: {@code on}, {@code off}, or
 *     {@code auto} where they would not fit into memory. The result's bits are the same
 * @param optimizer AdamW and its learning-rate schedule
 * @param checkpointIntervalSteps steps between checkpoints
 * @param evaluationIntervalSteps steps between validation passes; 0 validates at the end alone
 * @param seed seed of data order, initialisation and dropout
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
        long seed) {

    /** Settings that were written before there were other methods name none. */
    public TrainingSettings {
        method = Objects.requireNonNullElseGet(method, TrainingMethod.Supervised::new);
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
                seed);
    }

    /**
     * AdamW with decoupled weight decay and a learning rate that warms up and decays.
     *
     * @param learningRate peak learning rate
     * @param schedule {@code linear}, {@code cosine} or {@code constant} after the warm-up
     * @param warmupSteps steps over which the rate rises from 0 to its peak
     * @param weightDecay decay applied to every trained tensor
     * @param maxGradientNorm global norm above which gradients are scaled down
     * @param loraPlusRatio learning rate of B over that of A (LoRA+); 1 for ordinary LoRA
     */
    public record Optimizer(
            double learningRate,
            String schedule,
            int warmupSteps,
            double weightDecay,
            double maxGradientNorm,
            double loraPlusRatio) {}
}
