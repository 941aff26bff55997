package dev.anneal.service.training.settings;

import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import dev.anneal.protocol.AdapterSettings;
import org.jspecify.annotations.Nullable;

/**
 * Memory that an engine process is expected to take for a training on a CPU, as its largest resident size, by a formula that can be checked by hand. It is
 * written down in {@code docs/training-settings.md} beside what was measured; a change here is a change there.
 *
 * @param processBytes the JVM with libtorch
 * @param weightsBytes frozen weights
 * @param adapterBytes what is trained, the adapter or all weights: masters, what is multiplied with instead of them, optimizer, and gradients
 * @param activationsBytes what the micro-batches of all threads keep of their forward passes, and what a layer needs while it is computed
 * @param headBytes logits of all threads
 * @param samplingBytes what sampling takes between the passes of steps, which find little of it to use again; 0 where nothing is sampled
 * @param loadingBytes what the process has while it loads the model, when the tokenizer was at work and the model's files are mapped beside the weights and the other parts are not there yet
 * @param totalBytes the larger of that, and of the other parts together
 */
public record MemoryEstimate(
        long processBytes,
        long weightsBytes,
        long adapterBytes,
        long activationsBytes,
        long headBytes,
        long samplingBytes,
        long loadingBytes,
        long totalBytes) {

    /** Code and data of libtorch and JVM, threads and tokenizer, as an engine process with a model of no size shows them. */
    static final long RUNTIME_BYTES = 232L << 20;

    /** What the tokenizer leaves behind. Tensors take the place later, but not while the model is loaded or where there are few of them. */
    static final long TOKENIZER_BYTES = 40L << 20;

    /** Ids and labels of a token in the Java heap. */
    private static final int BYTES_OF_A_TOKEN = 2 * Integer.BYTES;

    private static final int FLOAT_BYTES = Float.BYTES;

    /** A weight in the files that models are published as. */
    private static final int STORED_BYTES = Short.BYTES;

    /** Caches grow by copies into larger ones, and what they leave lies between other tensors, as does what lanes of earlier steps left. */
    private static final int CACHE_COPIES = 2;

    /** A token's logit as it is multiplied and in fp32, divided by the temperature, its probability, and their sums in fp64. */
    private static final int BYTES_OF_A_CHOICE = 4 * Float.BYTES + Double.BYTES;

    /** Between tensors that are kept while others come and go a fifth of the memory is lost. */
    private static final int ALLOCATOR_SHARE = 5;

    /**
     * The rows that pass through the model, after truncation. Rows of a validation file, of which nothing is kept, are taken to be no longer.
     *
     * @param ofStep rows of an optimizer step
     * @param tokensOfStep their tokens at most
     * @param longestTokens longest row that is trained
     * @param tokensOfFile tokens of the training file
     * @param recomputed whether activations are computed again for the backward instead of kept
     * @param sampled sequences that are sampled together at most, as long as the longest row; 0 where nothing is sampled
     */
    public record Rows(
            int ofStep, long tokensOfStep, int longestTokens, long tokensOfFile, boolean recomputed, int sampled) {

        /** Rows of one length whose activations are kept, and few of them. */
        public static Rows kept(int ofStep, int longestTokens) {
            return new Rows(ofStep, (long) ofStep * longestTokens, longestTokens, 0, false, 0);
        }

        /** Threads that have something to do at one time. */
        int atWork(EngineSetup engine) {
            return Math.min(engine.threads(), DeviceLimits.CPU.microBatches(tokensOfStep, ofStep));
        }

        /** Tokens of the micro-batches that they compute at one time. */
        long tokensAtOnce(EngineSetup engine) {
            long each = Math.max(DeviceLimits.CPU.microBatchTokens(), longestTokens);
            return Math.min(atWork(engine) * each, tokensOfStep);
        }
    }

    public static MemoryEstimate of(
            ModelProfile model, @Nullable AdapterSettings adapter, EngineSetup engine, Rows rows) {
        int valueBytes = engine.valueBytes(model);
        long process = RUNTIME_BYTES + BYTES_OF_A_TOKEN * rows.tokensOfFile();
        long values = valueBytes * model.parameters();
        long weights = values + convertedBytes(model, valueBytes);
        long trained = adapter == null
                ? allWeightsBytes(model, valueBytes, engine.threads(), rows.atWork(engine))
                : adapterBytes(model, adapter, valueBytes, engine.threads());
        long activations = activationsBytes(model, adapter, engine, rows);
        long head = DeviceLimits.CPU.logitBytes(valueBytes, model.vocabularySize(), rows.atWork(engine));
        long sampling = samplingBytes(model, engine, rows);
        long loading = process + TOKENIZER_BYTES + values + STORED_BYTES * model.parameters();
        return new MemoryEstimate(
                process,
                weights,
                trained,
                activations,
                head,
                sampling,
                loading,
                Math.max(loading, process + weights + trained + activations + head + sampling));
    }

    /** The embedding as it was stored leaves a gap when it has been converted. */
    private static long convertedBytes(ModelProfile model, int valueBytes) {
        return valueBytes == STORED_BYTES ? 0 : STORED_BYTES * embeddingElements(model);
    }

    private static long embeddingElements(ModelProfile model) {
        return (long) model.vocabularySize() * model.hiddenSize();
    }

    /** Values, two moments, the step's gradient, and gradients of micro-batches; beside them what the decoder multiplies with. */
    private static long adapterBytes(ModelProfile model, AdapterSettings adapter, int valueBytes, int threads) {
        return FLOAT_BYTES * model.trainedParameters(adapter) * (4 + DeviceLimits.adapterGradients(threads))
                + valueBytes * (parametersOfA(model, adapter) + blockElements(model, adapter));
    }

    /**
     * Two moments, the step's gradient, and a gradient for each thread; masters where the weights are not fp32 themselves. Each thread at work forms the
     * gradient of the output embedding before it is added.
     */
    private static long allWeightsBytes(ModelProfile model, int valueBytes, int threads, int atWork) {
        int copies = 3 + threads + (valueBytes == FLOAT_BYTES ? 0 : 1);
        return FLOAT_BYTES * (copies * model.parameters() + atWork * embeddingElements(model));
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

    private static long activationsBytes(
            ModelProfile model, @Nullable AdapterSettings adapter, EngineSetup engine, Rows rows) {
        int valueBytes = engine.valueBytes(model);
        long tokens = rows.tokensAtOnce(engine);
        long ofLayers = rows.recomputed()
                ? (long) model.layers() * model.hiddenSize() + keptWidth(model, adapter)
                : model.layers() * keptWidth(model, adapter);
        long tensors = tokens * valueBytes * ofLayers
                + tokens * FLOAT_BYTES * model.widths().passing()
                + rows.atWork(engine) * attentionBytes(model, valueBytes, rows.longestTokens());
        return rows.recomputed() ? tensors : tensors + tensors / ALLOCATOR_SHARE;
    }

    /** The weights as decoding has them, and of each lane at work the keys and values of its sequences and the choice of their next tokens. */
    private static long samplingBytes(ModelProfile model, EngineSetup engine, Rows rows) {
        if (rows.sampled() == 0) {
            return 0;
        }
        int valueBytes = engine.valueBytes(model);
        DecodingLimits limits = DecodingLimits.of("cpu", valueBytes == FLOAT_BYTES);
        long repacked = valueBytes == FLOAT_BYTES ? 0 : valueBytes * model.multipliedParameters();
        long cached = 2L * CACHE_COPIES * model.layers() * model.keyValueWidth() * valueBytes * rows.longestTokens();
        long chosen = (long) BYTES_OF_A_CHOICE * model.vocabularySize();
        long ofLane = limits.slots(rows.sampled()) * (cached + chosen);
        long tensors = repacked + Math.min(engine.threads(), limits.lanes(rows.sampled())) * ofLane;
        return tensors + tensors / ALLOCATOR_SHARE;
    }

    private static long keptWidth(ModelProfile model, @Nullable AdapterSettings adapter) {
        long adapterWidth = adapter == null
                ? 0
                : (long) adapter.rank() * model.targets(adapter).size();
        return model.widths().kept(adapterWidth);
    }

    /** Weights of a block of queries, their gradient, and both before the softmax. */
    private static long attentionBytes(ModelProfile model, int valueBytes, int longestTokens) {
        long queries = Math.min(DeviceLimits.CPU.attentionBlock(), longestTokens);
        return 4L * valueBytes * model.heads() * queries * longestTokens;
    }
}
