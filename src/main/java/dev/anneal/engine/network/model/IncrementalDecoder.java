package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TorchException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads sequences a few tokens at a time. In bf16 on a CPU it keeps a copy of the large matrices in the fastest layout for products with
 * few rows. The model's weights must not change during its lifetime. Closed before the model, or with it.
 */
public final class IncrementalDecoder implements AutoCloseable {

    /** Indices of the matrices among a layer's weights: q k v, o, gate up, down. */
    private static final List<Integer> MATRICES = List.of(1, 2, 4, 5);

    private final DecoderModel model;
    private final Scope scope;
    private final DecoderTensors weights;

    /** The weights of all layers, one after another. */
    private final List<Tensor> layers;

    private final boolean packs;

    /** Null before it is asked for. */
    private @Nullable Boolean independentRows;

    public IncrementalDecoder(DecoderModel model) {
        this.model = model;
        this.scope = model.scope().child();
        boolean mayPack =
                model.precision() == ElementType.BFLOAT16 && scope.device().equals("cpu");
        Optional<DecoderTensors> packed = mayPack ? packedIfPossible(model.weights()) : Optional.empty();
        this.packs = packed.isPresent();
        this.weights = packed.orElse(model.weights());
        this.layers = weights.layers().stream().flatMap(List::stream).toList();
    }

    /** oneDNN has this layout only for processors with bf16 products. */
    private Optional<DecoderTensors> packedIfPossible(DecoderTensors plain) {
        try {
            return Optional.of(packed(plain));
        } catch (TorchException e) {
            if (e.isOutOfMemory()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /**
     * The adapter in the layout of the model's matrices, which makes its products as independent of their number of rows as the model's.
     * Neither changes nor the end of {@code adapter} reach it, if the decoder {@link #packs}.
     *
     * @param owner of the copies, if there are any
     */
    public AppliedAdapter packed(Scope owner, AppliedAdapter adapter) {
        if (!packs) {
            return adapter;
        }
        return adapter.with(adapter.layers().stream()
                .map(layer -> layer.stream()
                        .map(tensor -> tensor.elements() == 0
                                ? owner.zeros(tensor.elementType(), tensor.shape())
                                : model.program().packed(owner, tensor))
                        .toList())
                .toList());
    }

    /** Whether it has copies of the large matrices in oneDNN's layout. */
    public boolean packs() {
        return packs;
    }

    /**
     * Whether a token's bits do not depend on how many others are read in the same step, with a {@link #packed} adapter. Measured with some
     * of the matrices, because it is a property of oneDNN's kernels for this processor; products of fp32 do not have it.
     */
    public synchronized boolean hasIndependentRows() {
        if (independentRows == null) {
            independentRows = packs && measureIndependentRows();
        }
        return independentRows;
    }

    private boolean measureIndependentRows() {
        List<Tensor> matrices = new ArrayList<>(List.of(weights.head()));
        MATRICES.forEach(place -> matrices.add(weights.layers().get(0).get(place)));
        return matrices.stream().allMatch(matrix -> model.program().hasIndependentRows(scope, matrix));
    }

    private DecoderTensors packed(DecoderTensors plain) {
        List<List<Tensor>> layers = new ArrayList<>();
        for (List<Tensor> layer : plain.layers()) {
            List<Tensor> packed = new ArrayList<>(layer);
            MATRICES.forEach(place -> packed.set(place, model.program().packed(scope, layer.get(place))));
            layers.add(packed);
        }
        return new DecoderTensors(
                plain.embedding(), layers, plain.norm(), model.program().packed(scope, plain.head()));
    }

    public ModelConfig config() {
        return model.config();
    }

    public DecodingLimits decodingLimits() {
        return model.decodingLimits();
    }

    /** Number of tokens of a prompt whose attention is computed at a time, from its beginning on. */
    public int blockTokens() {
        return DeviceLimits.of(scope.device()).attentionBlock();
    }

    /** Memory of a token's keys and values in all layers. */
    public long cachedBytesPerToken() {
        ModelConfig config = model.config();
        return 2L
                * config.layers()
                * config.keyValueHeads()
                * config.headSize()
                * model.precision().bytes();
    }

    /** The scope that lives as long as the decoder. */
    public Scope scope() {
        return scope;
    }

    /** An empty cache for a number of sequences of at most {@code capacity} tokens each. */
    public KeyValueCache newCache(Scope owner, int slots, int capacity) {
        ModelConfig config = model.config();
        if (capacity < 1 || capacity > config.maxPositions()) {
            throw new IllegalArgumentException(
                    "a cache holds 1 to %d tokens in this model, not %d".formatted(config.maxPositions(), capacity));
        }
        Scope own = owner.child();
        DecoderProgram program = new DecoderProgram(own, config);
        return new KeyValueCache(own, program, config, model.precision(), slots, capacity);
    }

    /**
     * Reads prompts, or more tokens of cached sequences, in neighbouring slots. Attention is computed row by row.
     *
     * @param tokens new tokens of each sequence, at least one each
     * @param cache cache of the sequences
     * @param first slot of the first sequence; row i continues slot {@code first + i}
     * @param adapters one for each sequence; neighbours with the same adapter share its products
     * @return hidden states of the new tokens, sequence after sequence, [N, H]
     */
    public Tensor prefill(
            Scope target, List<int[]> tokens, KeyValueCache cache, int first, List<AppliedAdapter> adapters) {
        return read(target, tokens, cache, first, adapters, false);
    }

    /**
     * As {@link #prefill}, of few tokens each. For attention each is a query of its own, so its bits do not depend
     * on how many are read with it, nor on other sequences, as far as those of products do not: {@link #hasIndependentRows}.
     */
    public Tensor step(
            Scope target, List<int[]> tokens, KeyValueCache cache, int first, List<AppliedAdapter> adapters) {
        return read(target, tokens, cache, first, adapters, true);
    }

    private Tensor read(
            Scope target,
            List<int[]> tokens,
            KeyValueCache cache,
            int first,
            List<AppliedAdapter> adapters,
            boolean isStep) {
        TokenRows rows = rows(tokens, cache, first);
        cache.reserve((int) rows.lastPosition() + 1);
        try (Scope pass = target.child()) {
            Batch batch = model.batch(pass, rows);
            DecoderProgram.Slots slots = cache.program().slots(pass, cache, first, batch, isStep);
            Tensor x = cache.program()
                    .read(pass, model.embed(pass, rows), batch, slots, layers, new RowAdapters(rows, adapters));
            for (int row = 0; row < tokens.size(); row++) {
                cache.advance(first + row, tokens.get(row).length);
            }
            return x.in(target);
        }
    }

    private static TokenRows rows(List<int[]> tokens, KeyValueCache cache, int first) {
        int[] past = new int[tokens.size()];
        for (int row = 0; row < past.length; row++) {
            past[row] = cache.length(first + row);
            int length = past[row] + tokens.get(row).length;
            if (length > cache.capacity()) {
                throw new IllegalArgumentException("sequence %d would have %d tokens; its cache holds %d"
                        .formatted(row, length, cache.capacity()));
            }
        }
        return TokenRows.continuing(tokens, past);
    }

    /** Logits of chosen tokens in fp32, [M, V]. */
    public Tensor logits(Scope target, Tensor hiddenStates, long[] at) {
        try (Tensor chosen = target.longs(at, at.length)) {
            return model.program().logits(target, hiddenStates, chosen, weights);
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
