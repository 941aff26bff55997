package dev.anneal.service.training.settings;

import dev.anneal.engine.network.architecture.Arithmetic;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.service.platform.process.EngineSetup;
import org.jspecify.annotations.Nullable;

/**
 * Computation of a training, for estimates of its time; of one on several devices, that of the device for which the
 * others wait. {@code docs/training-settings.md} documents it and must be kept
 * in line.
 *
 * @param operations equivalent floating-point operations of products with frozen matrices
 * @param precision {@code bf16} or {@code fp32}
 * @param width width of the residual stream
 * @param completions what the operations are by the length of completions; null if the training samples none
 */
public record TrainingCost(
        double operations,
        String precision,
        int width,
        @Nullable Completions completions) {

    /**
     * Operations by the mean length of completions, which are assumed to lie on a line between the extremes.
     *
     * @param most tokens of the longest
     * @param shortest operations with completions of one token
     * @param longest operations with completions of the most tokens
     */
    public record Completions(int most, double shortest, double longest) {

        private double operations(double tokens) {
            return shortest + (longest - shortest) * (tokens - 1) / Math.max(1, most - 1);
        }
    }

    /** @param operations of a training that samples no completions */
    public TrainingCost(double operations, String precision, int width) {
        this(operations, precision, width, null);
    }

    /** Products with thin matrices: 11 % of the time of a step for 3.4 % of its operations (docs/performance.md). */
    private static final double ADAPTER_SLOWNESS = 3;

    /** Products of attention with softmax, masks and copies. */
    private static final double ATTENTION_SLOWNESS = 2;

    /** Equivalent operations per byte that a layer keeps: norms, activation, residuals and conversions. */
    private static final double OPERATIONS_OF_A_KEPT_BYTE = 1700;

    /** Equivalent operations per byte of trained values, gradients or moments read or written. */
    private static final double OPERATIONS_OF_A_TRAINED_BYTE = 74;

    /** Equivalent operations for a weight that is formed of 4 bits: about a nanosecond of a thread. */
    private static final double OPERATIONS_OF_A_FORMED_WEIGHT = 350;

    /**
     * Products of a step's forward and backward with a frozen matrix, two operations each; with a trained one its
     * gradient is a third.
     */
    private static final double FROZEN_PASSES = 4;

    private static final double TRAINED_PASSES = 6;
    private static final double FORWARD = 2;

    /** Seven products with keys or values: two forward, and five backward, which makes the weights again. */
    private static final double ATTENTION_PASSES = 14;

    /**
     * Tokens and rows of a training.
     *
     * @param tokens tokens of all steps
     * @param trainedShare share of them with a label
     * @param rowTokens tokens of a row
     * @param steps number of optimizer steps
     * @param stepRows number of rows of a step
     * @param portions number of portions of a step that are computed one after the other
     * @param validatedTokens tokens of all validations
     * @param recomputed whether activations are recomputed in the backward pass
     */
    public record Work(
            double tokens,
            double trainedShare,
            double rowTokens,
            int steps,
            int stepRows,
            int portions,
            double validatedTokens,
            boolean recomputed) {

        /** Of steps in one portion. */
        public Work(
                double tokens,
                double trainedShare,
                double rowTokens,
                int steps,
                int stepRows,
                double validatedTokens,
                boolean recomputed) {
            this(tokens, trainedShare, rowTokens, steps, stepRows, 1, validatedTokens, recomputed);
        }

        /** @param generatedTokens forward passes of tokens that are generated beside the steps */
        Work generating(double generatedTokens) {
            return new Work(
                    tokens,
                    trainedShare,
                    rowTokens,
                    steps,
                    stepRows,
                    portions,
                    validatedTokens + generatedTokens,
                    recomputed);
        }

        /** The part of the device for which the others wait. What is not of steps is dealt row by row. */
        Work ofDevice(StepSplit split) {
            return new Work(
                    tokens * split.shareOfPasses(),
                    trainedShare,
                    rowTokens,
                    steps,
                    (int) Math.ceil(stepRows * split.shareOfPasses()),
                    split.rounds(),
                    validatedTokens * split.largestShare(),
                    recomputed);
        }
    }

    public static TrainingCost of(
            ModelProfile model, @Nullable AdapterSettings adapter, EngineSetup engine, Work work) {
        int valueBytes = engine.valueBytes(model.hiddenSize());
        double forward = forwardOperations(model, adapter, valueBytes, work);
        double training = work.tokens() * tokenOperations(model, adapter, valueBytes, work);
        double validation = work.validatedTokens() * forward;
        return new TrainingCost(
                (training + validation + formingOperations(model, work)) * idleFactor(engine, work)
                        + optimizerOperations(model, adapter, valueBytes, work),
                valueBytes == Short.BYTES ? Arithmetic.BF16 : Arithmetic.FP32,
                model.hiddenSize());
    }

    /**
     * This cost of a draft with that of its target, which reads the same tokens without learning. The larger model
     * determines at what speed operations are computed.
     */
    TrainingCost withTarget(ModelProfile target, EngineSetup engine, Work work) {
        int valueBytes = engine.valueBytes(target.hiddenSize());
        double forward = forwardOperations(target, null, valueBytes, work);
        double logits = FORWARD * work.trainedShare() * embedding(target);
        double read = work.tokens() * (forward + logits) + work.validatedTokens() * forward;
        return new TrainingCost(
                operations + read * idleFactor(engine, work),
                valueBytes == Short.BYTES ? Arithmetic.BF16 : Arithmetic.FP32,
                Math.max(width, target.hiddenSize()));
    }

    /**
     * This cost with completions of one token as one end, and that with completions of the most tokens as the other.
     */
    TrainingCost upTo(TrainingCost longest, int most) {
        return new TrainingCost(operations, precision, width, new Completions(most, operations, longest.operations()));
    }

    /** This cost with completions of this mean length; the same if there are none. */
    public TrainingCost expecting(double tokens) {
        return completions == null
                ? this
                : new TrainingCost(completions.operations(tokens), precision, width, completions);
    }

    /** Operations of one token, forward and backward. */
    private static double tokenOperations(
            ModelProfile model, @Nullable AdapterSettings adapter, int valueBytes, Work work) {
        double passes = adapter == null ? TRAINED_PASSES : FROZEN_PASSES;
        double ofLayers = passes * layerWeights(model)
                + ATTENTION_SLOWNESS * ATTENTION_PASSES * keysOfToken(work) * attended(model)
                + otherOperations(model, adapter, valueBytes);
        double again = work.recomputed() ? forwardOperations(model, adapter, valueBytes, work) : 0;
        return ofLayers + again + passes * work.trainedShare() * embedding(model);
    }

    /** Operations of one token, without the logits. */
    private static double forwardOperations(
            ModelProfile model, @Nullable AdapterSettings adapter, int valueBytes, Work work) {
        return FORWARD * layerWeights(model)
                + ATTENTION_SLOWNESS * 4 * keysOfToken(work) * attended(model)
                + otherOperations(model, adapter, valueBytes) / 3;
    }

    /** Products of the adapter, and operations other than products. */
    private static double otherOperations(ModelProfile model, @Nullable AdapterSettings adapter, int valueBytes) {
        double adapterProducts =
                adapter == null ? 0 : ADAPTER_SLOWNESS * TRAINED_PASSES * model.trainedParameters(adapter);
        return adapterProducts
                + OPERATIONS_OF_A_KEPT_BYTE
                        / valueBytes
                        * model.layers()
                        * model.widths().kept(0);
    }

    /**
     * Each micro-batch's gradient is added to the step's; then norm, factor, moments and values, on each device all of
     * them.
     */
    private static double optimizerOperations(
            ModelProfile model, @Nullable AdapterSettings adapter, int valueBytes, Work work) {
        double bytes = Float.BYTES
                * model.trainedParameters(adapter)
                * work.steps()
                * (3.0 * work.portions() * microBatches(work) + 10);
        return OPERATIONS_OF_A_TRAINED_BYTE / valueBytes * bytes;
    }

    /** Each micro-batch forms the layers twice, forward and backward. */
    private static double formingOperations(ModelProfile model, Work work) {
        double formed = 2.0 * work.steps() * work.portions() * microBatches(work) * layerWeights(model);
        return model.inNf4() ? OPERATIONS_OF_A_FORMED_WEIGHT * formed : 0;
    }

    /** Threads without a micro-batch wait for the others. */
    private static double idleFactor(EngineSetup engine, Work work) {
        int batches = microBatches(work);
        int rounds = (batches + engine.threads() - 1) / engine.threads();
        return (double) rounds * engine.threads() / batches;
    }

    /** Micro-batches of a portion. */
    private static int microBatches(Work work) {
        return Math.max(
                1,
                DeviceLimits.CPU.microBatches(
                        Math.round(work.tokens() / work.steps() / work.portions()),
                        (work.stepRows() + work.portions() - 1) / work.portions()));
    }

    private static double layerWeights(ModelProfile model) {
        return model.layers()
                * model.projections().values().stream()
                        .mapToDouble(layer -> (double) layer.in() * layer.out())
                        .sum();
    }

    private static double embedding(ModelProfile model) {
        return (double) model.vocabularySize() * model.hiddenSize();
    }

    /** Number of keys that a token's query is multiplied with: those before it, and the rest of its block. */
    private static double keysOfToken(Work work) {
        return Math.min(work.rowTokens(), (work.rowTokens() + DeviceLimits.CPU.attentionBlock()) / 2);
    }

    /** Width of the queries of all layers. */
    private static double attended(ModelProfile model) {
        return (double) model.layers() * model.widths().attended();
    }
}
