package dev.anneal.service.training.settings;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.service.platform.process.EngineSetup;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Estimated peak resident memory of an engine process for a training on a CPU, by a formula that can be checked by
 * hand; a training on several devices has a process for each. {@code docs/training-settings.md} documents it with
 * measurements and must be kept in line.
 *
 * @param processBytes the JVM with libtorch
 * @param weightsBytes frozen weights, with the buffers in which those in 4 bits are formed
 * @param adapterBytes trained values, of an adapter or all weights: master values, copies for multiplication,
 *     optimizer, and gradients
 * @param activationsBytes activations that the micro-batches of all threads keep, and the working memory of a layer
 * @param headBytes logits of all threads
 * @param samplingBytes memory of sampling, little of which steps can reuse, with that of the draft of rollouts; 0
 *     without sampling
 * @param targetBytes the target of a draft: its weights, the working memory of a layer, logits of all threads, what it
 *     needs to generate, and its hidden states that are kept; 0 for other methods
 * @param loadingBytes memory while the model is loaded: after tokenisation, with parts of the model's files mapped
 *     beside the weights, and before the other parts exist
 * @param totalBytes the larger of {@code loadingBytes} and the sum of the other parts
 */
public record MemoryEstimate(
        long processBytes,
        long weightsBytes,
        long adapterBytes,
        long activationsBytes,
        long headBytes,
        long samplingBytes,
        long targetBytes,
        long loadingBytes,
        long totalBytes) {

    /** Code and data of libtorch and JVM, threads and tokenizer, measured with a model of negligible size. */
    static final long RUNTIME_BYTES = 240L << 20;

    /**
     * Memory that the tokenizer leaves behind. Tensors reuse it later, but not while the model is loaded, or if they
     * are few.
     */
    static final long TOKENIZER_BYTES = 40L << 20;

    /** Ids and labels of a token in the Java heap. */
    private static final int BYTES_OF_A_TOKEN = 2 * Integer.BYTES;

    private static final int FLOAT_BYTES = Float.BYTES;

    /** Weights in 4 bits that share a magnitude of a byte, and magnitudes that share one of four bytes. */
    private static final int NF4_BLOCK = 64;

    private static final int NF4_NESTED_BLOCK = 256;

    /** Bytes of a weight in published model files. */
    private static final int STORED_BYTES = Short.BYTES;

    /** Caches grow by copies into larger ones, and freed memory is fragmented by other tensors. */
    private static final int CACHE_COPIES = 2;

    /**
     * Bytes for a token of the vocabulary: its logit as computed and in fp32, divided by the temperature, its
     * probability, and the sum in fp64.
     */
    private static final int BYTES_OF_A_CHOICE = 4 * Float.BYTES + Double.BYTES;

    /** A fifth of the memory is lost to fragmentation. */
    private static final int ALLOCATOR_SHARE = 5;

    /**
     * Rows that pass through the model, after truncation. Rows of a validation file, whose activations are not kept,
     * are assumed to be no longer.
     *
     * @param ofStep number of rows of an optimizer step
     * @param tokensOfStep maximum number of their tokens
     * @param longestTokens tokens of the longest trained row
     * @param tokensOfFile tokens of the training file
     * @param recomputed whether activations are recomputed in the backward pass instead of kept
     * @param sampled maximum number of sequences sampled together, as long as the longest row; 0 without sampling
     */
    public record Rows(
            int ofStep, long tokensOfStep, int longestTokens, long tokensOfFile, boolean recomputed, int sampled) {

        /** Rows of one length, without recomputation or sampling. */
        public static Rows kept(int ofStep, int longestTokens) {
            return new Rows(ofStep, (long) ofStep * longestTokens, longestTokens, 0, false, 0);
        }

        /** Number of threads that work at a time. */
        int atWork(EngineSetup engine) {
            return Math.min(engine.threads(), DeviceLimits.CPU.microBatches(tokensOfStep, ofStep));
        }

        /** Tokens of the micro-batches that they compute at a time. */
        long tokensAtOnce(EngineSetup engine) {
            long each = Math.max(DeviceLimits.CPU.microBatchTokens(), longestTokens);
            return Math.min(atWork(engine) * each, tokensOfStep);
        }
    }

    /** Of a model alone. */
    public static MemoryEstimate of(
            ModelProfile model, @Nullable AdapterSettings adapter, EngineSetup engine, Rows rows) {
        return of(new ModelProfiles(model, null, null), adapter, engine, rows, 0, 0);
    }

    /**
     * Of a training. The target of a draft is loaded first and reads the same rows.
     *
     * @param kept bytes of the target's hidden states that are kept
     * @param addedGradients number of gradients of all trained values that are held beside those of every training
     */
    public static MemoryEstimate of(
            ModelProfiles models,
            @Nullable AdapterSettings adapter,
            EngineSetup engine,
            Rows rows,
            long kept,
            int addedGradients) {
        ModelProfile model = models.trained();
        int valueBytes = engine.valueBytes(model.hiddenSize());
        long process = RUNTIME_BYTES + BYTES_OF_A_TOKEN * rows.tokensOfFile();
        long values = keptBytes(model, valueBytes);
        long weights = values + bufferBytes(model, valueBytes, rows.atWork(engine)) + convertedBytes(model, valueBytes);
        long trained = model.trainedParameters(adapter) * FLOAT_BYTES * addedGradients
                + wholeBytes(model, adapter, engine, rows)
                + (adapter == null ? 0 : adapterBytes(model, adapter, valueBytes, engine.threads()));
        long activations = activationsBytes(model, adapter, engine, rows);
        long head = DeviceLimits.CPU.logitBytes(valueBytes, model.vocabularySize(), rows.atWork(engine));
        long sampling = samplingBytes(model, adapter, engine, rows) + draftBytes(models, engine, rows);
        long loading = process + TOKENIZER_BYTES + values + mappedBytes(model);
        long used = process + weights + trained + activations + head + sampling + kept;
        long target = targetBytes(models, engine, rows);
        return new MemoryEstimate(
                process,
                weights,
                trained,
                activations,
                head,
                sampling,
                target + kept,
                loading + target,
                Math.max(loading, used) + target);
    }

    /** Frozen weights in their form, a device's share of the projections. */
    private static long keptBytes(ModelProfile model, int valueBytes) {
        long projections = model.layers() * model.matrixElements();
        return valueBytes * (model.parameters() - projections)
                + projectionBytes(model, valueBytes, projections) / model.shares();
    }

    private static long projectionBytes(ModelProfile model, int valueBytes, long projections) {
        return model.inNf4()
                ? projections / 2 + projections / NF4_BLOCK + FLOAT_BYTES * projections / (NF4_BLOCK * NF4_NESTED_BLOCK)
                : valueBytes * projections;
    }

    /** A layer's matrices for each thread that computes, and once more if there are several. */
    private static long bufferBytes(ModelProfile model, int valueBytes, int threads) {
        return model.formsLayers() ? (threads == 1 ? 1L : threads + 1L) * valueBytes * model.matrixElements() : 0;
    }

    /** The target makes logits of the tokens that its draft can propose. */
    private static long targetBytes(ModelProfiles models, EngineSetup engine, Rows rows) {
        ModelProfile target = models.target();
        if (target == null) {
            return 0;
        }
        int valueBytes = engine.valueBytes(target.hiddenSize());
        return valueBytes * target.parameters()
                + convertedBytes(target, valueBytes)
                + rows.tokensAtOnce(engine) * FLOAT_BYTES * target.widths().passing()
                + rows.atWork(engine) * attentionBytes(target, valueBytes, rows.longestTokens())
                + DeviceLimits.CPU.logitBytes(valueBytes, models.trained().vocabularySize(), rows.atWork(engine))
                + samplingBytes(target, null, engine, rows);
    }

    /** The draft of rollouts is loaded only if the policy samples in bf16 with packed matrices. */
    private static long draftBytes(ModelProfiles models, EngineSetup engine, Rows rows) {
        ModelProfile draft = models.draft();
        ModelProfile policy = models.trained();
        if (draft == null || policy.formsLayers() || engine.valueBytes(policy.hiddenSize()) == FLOAT_BYTES) {
            return 0;
        }
        int valueBytes = engine.valueBytes(draft.hiddenSize());
        return valueBytes * draft.parameters()
                + convertedBytes(draft, valueBytes)
                + samplingBytes(draft, null, engine, rows);
    }

    /** The stored embedding of a model leaves a gap after its conversion. */
    private static long convertedBytes(ModelProfile model, int valueBytes) {
        return valueBytes == STORED_BYTES || model.head() != null ? 0 : STORED_BYTES * embeddingElements(model);
    }

    /** Weights are released while others are read; the embedding is the largest tensor. */
    private static long mappedBytes(ModelProfile model) {
        return Math.min(
                STORED_BYTES * model.parameters(),
                SafetensorsFile.MOST_RELEASABLE_BYTES + STORED_BYTES * embeddingElements(model));
    }

    private static long embeddingElements(ModelProfile model) {
        return (long) model.vocabularySize() * model.hiddenSize();
    }

    /** Values, two moments, the step's gradient, gradients of micro-batches, and the decoder's copies. */
    private static long adapterBytes(ModelProfile model, AdapterSettings adapter, int valueBytes, int threads) {
        long parameters = model.adapterParameters(adapter);
        return FLOAT_BYTES * parameters * (4 + DeviceLimits.adapterGradients(threads))
                + valueBytes * (adapter.signGroups() == 1 ? ordinaryElements(model, adapter) : parameters);
    }

    /**
     * Of weights that are trained themselves: two moments, the step's gradient, and a gradient for each thread; master
     * values if the weights are not fp32. Each working thread forms the gradient of the output embedding before it is
     * added; a head's is not trained.
     */
    private static long wholeBytes(
            ModelProfile model, @Nullable AdapterSettings adapter, EngineSetup engine, Rows rows) {
        int copies = 3 + engine.threads() + (engine.valueBytes(model.hiddenSize()) == FLOAT_BYTES ? 0 : 1);
        boolean trainsEmbedding = adapter == null && model.head() == null;
        return FLOAT_BYTES
                * (copies * model.wholeParameters(adapter)
                        + (trainsEmbedding ? rows.atWork(engine) * embeddingElements(model) : 0));
    }

    /**
     * Of A and B as an ordinary adapter has them in the decoder: B of projections that share an input form one matrix,
     * with the rows of all of them and the columns of their stacked A, and zeros elsewhere.
     */
    private static long ordinaryElements(ModelProfile model, AdapterSettings adapter) {
        long rank = (long) adapter.rank() * adapter.signGroups();
        long elements = rank
                * model.targets(adapter).stream()
                        .mapToLong(name -> model.layer(name).in())
                        .sum();
        for (ProjectionGroup group : ProjectionGroup.values()) {
            List<String> names = model.names(group);
            long rows =
                    names.stream().mapToLong(name -> model.layer(name).out()).sum();
            long adapted =
                    names.stream().filter(model.targets(adapter)::contains).count();
            elements += rows * adapted * rank;
        }
        return model.layers() * elements;
    }

    private static long activationsBytes(
            ModelProfile model, @Nullable AdapterSettings adapter, EngineSetup engine, Rows rows) {
        int valueBytes = engine.valueBytes(model.hiddenSize());
        long tokens = rows.tokensAtOnce(engine);
        boolean recomputed = rows.recomputed() && model.head() == null;
        long ofLayers = recomputed
                ? (long) model.layers() * model.hiddenSize() + keptWidth(model, adapter)
                : keptOfAll(model, keptWidth(model, adapter));
        long tensors = tokens * valueBytes * ofLayers
                + tokens * FLOAT_BYTES * model.widths().passing()
                + rows.atWork(engine) * attentionBytes(model, valueBytes, rows.longestTokens());
        return recomputed ? tensors : tensors + tensors / ALLOCATOR_SHARE;
    }

    /** Values that all layers keep of a token; a head's layer does at each depth. */
    private static long keptOfAll(ModelProfile model, long ofLayer) {
        HeadParts head = model.head();
        return head == null
                ? model.layers() * ofLayer
                : head.depths() * (ofLayer + head.keptAtDepth()) + head.keptOnce();
    }

    /**
     * The weights in decoding's format, and for each working lane keys and values of its sequences and the choice of
     * their next tokens.
     */
    private static long samplingBytes(
            ModelProfile model, @Nullable AdapterSettings adapter, EngineSetup engine, Rows rows) {
        if (rows.sampled() == 0) {
            return 0;
        }
        int valueBytes = engine.valueBytes(model.hiddenSize());
        boolean packs = valueBytes != FLOAT_BYTES && !model.formsLayers();
        DecodingLimits limits = DecodingLimits.of("cpu", !packs);
        long ofAdapter = adapter != null && (packs || adapter.signGroups() > 1) ? ordinaryElements(model, adapter) : 0;
        long repacked = valueBytes * ((packs ? model.multipliedParameters() : 0) + ofAdapter);
        int slots = limits.slots(rows.sampled());
        long cached = CACHE_COPIES
                * cachedBytesPerToken(model, valueBytes)
                * DecodingLimits.cachedTokens(rows.longestTokens());
        long chosen = (long) BYTES_OF_A_CHOICE * model.vocabularySize();
        // Without packed matrices no draft tokens are read here.
        int tokensOfStep = packs ? DecodingLimits.tokensOfStep(slots) : slots;
        long ofLane = slots * cached + tokensOfStep * chosen + (packs ? prefixBytes(model, rows) : 0);
        long tensors = repacked + Math.min(engine.threads(), limits.lanes(rows.sampled())) * ofLane;
        return tensors + tensors / ALLOCATOR_SHARE;
    }

    private static long prefixBytes(ModelProfile model, Rows rows) {
        long all = cachedBytesPerToken(model, Short.BYTES) * rows.sampled() * rows.longestTokens();
        return Math.min(DecodingLimits.PREFIX_BYTES, all);
    }

    /** Keys and values of all layers. */
    private static long cachedBytesPerToken(ModelProfile model, int valueBytes) {
        return 2L * model.layers() * model.widths().keys() * valueBytes;
    }

    private static long keptWidth(ModelProfile model, @Nullable AdapterSettings adapter) {
        long adapterWidth = adapter == null
                ? 0
                : (long) adapter.rank()
                        * adapter.signGroups()
                        * model.targets(adapter).size();
        return model.widths().kept(adapterWidth);
    }

    /** Attention weights of a block of queries, their gradient, and both before the softmax. */
    private static long attentionBytes(ModelProfile model, int valueBytes, int longestTokens) {
        long queries = Math.min(DeviceLimits.CPU.attentionBlock(), longestTokens);
        return 4L * valueBytes * model.heads() * queries * longestTokens;
    }
}
