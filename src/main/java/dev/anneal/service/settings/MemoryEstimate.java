package dev.anneal.service.settings;

import dev.anneal.engine.architecture.PassLimits;
import dev.anneal.engine.architecture.Projection;
import dev.anneal.engine.architecture.ProjectionGroup;
import dev.anneal.protocol.AdapterSettings;
import org.jspecify.annotations.Nullable;

/**
 * Memory that an engine process takes for a training on a CPU at most, by a formula that can be checked by hand. It is written down in {@code
 * docs/training-settings.md}; a change here is a change there.
 *
 * @param processBytes the JVM with its heap, and libtorch
 * @param weightsBytes frozen weights, and the largest of them once more
 * @param adapterBytes what is trained, the adapter or all weights: masters, what is multiplied with instead of them, optimizer, and gradients
 * @param activationsBytes what the micro-batches of all threads keep of their forward passes, and what a layer needs while it is computed
 * @param headBytes logits of all threads
 */
public record MemoryEstimate(
        long processBytes,
        long weightsBytes,
        long adapterBytes,
        long activationsBytes,
        long headBytes,
        long totalBytes) {

    /** Code of libtorch and JVM, threads and tokenizer. */
    static final long RUNTIME_BYTES = 448L << 20;

    private static final int FLOAT_BYTES = 4;

    /** A fifth of the activations is added for what is lost between them; seen was a tenth, with rows of 2,048 tokens through SmolLM2-135M. */
    private static final int ALLOCATOR_SHARE = 5;

    /**
     * The rows that pass through the model, after truncation.
     *
     * @param ofStep rows of an optimizer step
     * @param tokensOfStep their tokens at most
     * @param longestTokens longest row that is trained
     * @param longestValidatedTokens longest row that is validated, 0 without such rows
     * @param recomputed whether activations are computed again for the backward instead of kept
     */
    public record Rows(
            int ofStep, long tokensOfStep, int longestTokens, int longestValidatedTokens, boolean recomputed) {

        /** Rows whose activations are kept. */
        public static Rows kept(int ofStep, int longestTokens, int longestValidatedTokens) {
            return new Rows(ofStep, (long) ofStep * longestTokens, longestTokens, longestValidatedTokens, false);
        }
    }

    public static MemoryEstimate of(
            ModelProfile model, @Nullable AdapterSettings adapter, EngineSetup engine, Rows rows) {
        long process = engine.heapBytes() + RUNTIME_BYTES;
        long weights = engine.valueBytes() * (model.parameters() + largestMatrix(model));
        long adapterBytes = adapterBytes(model, adapter, engine);
        long tensors = Math.max(trainingBytes(model, adapter, engine, rows), validationBytes(model, engine, rows));
        long activations = tensors + tensors / ALLOCATOR_SHARE;
        long head = PassLimits.logitBytes(engine.valueBytes(), model.vocabularySize(), engine.threads());
        return new MemoryEstimate(
                process,
                weights,
                adapterBytes,
                activations,
                head,
                process + weights + adapterBytes + activations + head);
    }

    /** It is made of parts that exist beside it while the model is loaded. */
    private static long largestMatrix(ModelProfile model) {
        long embedding = (long) model.vocabularySize() * model.hiddenSize();
        long gateAndUp = 2L
                * model.hiddenSize()
                * model.layer(Projection.DOWN.shortName()).in();
        return Math.max(embedding, gateAndUp);
    }

    /** Values, two moments, the step's gradient, gradients of micro-batches, and squares while a norm is taken; beside them what the decoder multiplies with. */
    private static long adapterBytes(ModelProfile model, @Nullable AdapterSettings adapter, EngineSetup engine) {
        if (adapter == null) {
            return fullTrainingBytes(model, engine);
        }
        long parameters = model.trainedParameters(adapter);
        return FLOAT_BYTES * parameters * (5 + PassLimits.adapterGradients(engine.threads()))
                + engine.valueBytes() * (parametersOfA(model, adapter) + blockElements(model, adapter));
    }

    /** Two moments, the step's gradient, a gradient for each thread, and squares of the largest matrix; masters where the weights are not fp32 themselves. */
    private static long fullTrainingBytes(ModelProfile model, EngineSetup engine) {
        int copies = 3 + engine.threads() + (engine.valueBytes() == FLOAT_BYTES ? 0 : 1);
        return FLOAT_BYTES * (copies * model.parameters() + largestMatrix(model));
    }

    private static long parametersOfA(ModelProfile model, AdapterSettings adapter) {
        return (long) model.layers()
                * adapter.rank()
                * model.targets(adapter).stream()
                        .mapToLong(name -> model.layer(name).in())
                        .sum();
    }

    /** B of projections that share an input form one matrix, as high as all of them and as wide as their stacked A; it is zero elsewhere. */
    private static long blockElements(ModelProfile model, AdapterSettings adapter) {
        long elements = 0;
        for (ProjectionGroup group : ProjectionGroup.values()) {
            long rows = group.projections().stream()
                    .mapToLong(projection -> model.layer(projection.shortName()).out())
                    .sum();
            long adapted = group.projections().stream()
                    .filter(projection -> model.targets(adapter).contains(projection.shortName()))
                    .count();
            elements += rows * adapted * adapter.rank();
        }
        return model.layers() * elements;
    }

    private static long trainingBytes(
            ModelProfile model, @Nullable AdapterSettings adapter, EngineSetup engine, Rows rows) {
        long tokens = Math.min(PassLimits.tokensAtOnce(engine.threads(), rows.longestTokens()), rows.tokensOfStep());
        long ofLayers = rows.recomputed()
                ? (long) model.layers() * model.hiddenSize() + keptWidth(model, adapter)
                : model.layers() * keptWidth(model, adapter);
        long kept = tokens * engine.valueBytes() * ofLayers;
        return kept
                + tokens * FLOAT_BYTES * model.widths().passing()
                + Math.min(engine.threads(), rows.ofStep()) * attentionBytes(model, engine, rows.longestTokens());
    }

    /** Nothing is kept from layer to layer. */
    private static long validationBytes(ModelProfile model, EngineSetup engine, Rows rows) {
        int longest = rows.longestValidatedTokens();
        return longest == 0
                ? 0
                : PassLimits.tokensAtOnce(engine.threads(), longest)
                                * FLOAT_BYTES
                                * model.widths().passing()
                        + engine.threads() * attentionBytes(model, engine, longest);
    }

    private static long keptWidth(ModelProfile model, @Nullable AdapterSettings adapter) {
        long adapterWidth = adapter == null
                ? 0
                : (long) adapter.rank() * model.targets(adapter).size();
        return model.widths().kept(adapterWidth);
    }

    /** Weights of a block of queries, their gradient, and both before the softmax. */
    private static long attentionBytes(ModelProfile model, EngineSetup engine, int longestTokens) {
        long queries = Math.min(PassLimits.ATTENTION_BLOCK, longestTokens);
        return 4L * engine.valueBytes() * model.heads() * queries * longestTokens;
    }
}
