package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads sequences a few tokens at a time. In bf16 on a CPU it keeps a copy of the large matrices in the fastest layout
 * for products with few rows. The model's weights must not change during its lifetime. Closed before the model, or with
 * it.
 */
public final class IncrementalDecoder implements AutoCloseable {

    private final DecoderModel model;
    private final TensorScope scope;
    private final FrozenWeights weights;
    private final boolean packs;
    private final DecodingPrograms programs;

    /** Null before it is asked for. */
    private @Nullable Boolean independentRows;

    public IncrementalDecoder(DecoderModel model) {
        this.model = model;
        this.scope = model.scope().child();
        this.programs = new DecodingPrograms(scope, model.config());
        Optional<FrozenWeights> packed = ifPossible(model, scope.device(), () -> packed(model.weights()));
        this.packs = packed.isPresent();
        this.weights = packed.orElse(model.weights());
    }

    /**
     * The adapter in the form that this decoder reads with: in the layout of the model's matrices, which makes its
     * products as independent of their number of rows as the model's, if the decoder {@link #packs}, and as an ordinary
     * LoRA if it has groups of signs. If this {@link #copies}, neither changes nor the end of {@code adapter} reach it.
     *
     * @param owner of the copies, if there are any
     */
    public AppliedAdapter packed(TensorScope owner, AppliedAdapter adapter) {
        AppliedAdapter ordinary = model.program().ordinary(owner, adapter);
        if (!packs) {
            return ordinary;
        }
        return adapter.with(ordinary.layers().stream()
                .map(layer -> layer.stream()
                        .map(tensor -> tensor.elements() == 0
                                ? owner.zeros(tensor.elementType(), tensor.shape())
                                : model.program().packed(owner, tensor))
                        .toList())
                .toList());
    }

    /** Whether {@link #packed} makes a copy of the adapter. */
    public boolean copies(AppliedAdapter adapter) {
        return packs || adapter.hasSigns();
    }

    /** Whether it has copies of the large matrices in oneDNN's layout. */
    public boolean packs() {
        return packs;
    }

    /**
     * Whether a token's bits do not depend on how many others are read in the same step, with a {@link #packed}
     * adapter. Measured with some of the matrices, because it is a property of oneDNN's kernels for this processor;
     * products of fp32 do not have it.
     */
    public synchronized boolean hasIndependentRows() {
        if (independentRows == null) {
            independentRows = packs
                    && measured(weights).allMatch(matrix -> model.program().hasIndependentRows(scope, matrix));
        }
        return independentRows;
    }

    /**
     * Whether decoders of the model have independent rows, as {@link #hasIndependentRows()}, which packs only what is
     * measured.
     */
    public static boolean hasIndependentRows(DecoderModel model) {
        DecoderProgram program = model.program();
        try (TensorScope packing = model.scope().child()) {
            return ifPossible(
                            model,
                            packing.device(),
                            () -> measured(model.weights())
                                    .allMatch(matrix ->
                                            program.hasIndependentRows(packing, program.packed(packing, matrix))))
                    .orElse(false);
        }
    }

    /** Weights that are made anew for each reading are not packed: that takes as long as products with them. */
    private static <T> Optional<T> ifPossible(DecoderModel model, String device, Supplier<T> packing) {
        return model.hasResidentWeights()
                ? MatrixPacking.ifPossible(model.precision(), device, packing)
                : Optional.empty();
    }

    private static Stream<Tensor> measured(FrozenWeights weights) {
        try (FrozenLayers.Loan first = weights.layers().lend(0)) {
            return Stream.concat(
                    Stream.of(weights.head()),
                    CheckpointTensors.MATRICES.stream().map(first.weights()::get));
        }
    }

    private FrozenWeights packed(FrozenWeights plain) {
        List<List<Tensor>> layers = new ArrayList<>();
        for (int i = 0; i < config().layers(); i++) {
            try (FrozenLayers.Loan layer = plain.layers().lend(i)) {
                List<Tensor> packed = new ArrayList<>(layer.weights());
                CheckpointTensors.MATRICES.forEach(
                        place -> packed.set(place, model.program().packed(scope, packed.get(place))));
                layers.add(packed);
            }
        }
        return new FrozenWeights(
                plain.embedding(),
                new ResidentLayers(layers),
                plain.norm(),
                model.program().packed(scope, plain.head()));
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
    public TensorScope scope() {
        return scope;
    }

    /** An empty cache for a number of sequences of at most {@code capacity} tokens each. */
    public KeyValueCache newCache(TensorScope owner, int slots, int capacity) {
        return KeyValueCache.create(owner, programs, model.precision(), slots, capacity);
    }

    /**
     * Reads prompts, or more tokens of cached sequences, in neighbouring slots.
     *
     * @param tokens new tokens of each sequence, at least one each
     * @param cache cache of the sequences
     * @param first slot of the first sequence; row i continues slot {@code first + i}
     * @param adapters one for each sequence; neighbours with the same adapter share its products
     * @param streams residual streams for a draft: numbers of the layers that they enter, and the number of layers for
     *     the stream after the last one
     * @param isStep true for a step of few tokens each, whose attention is computed token by token: each token is a
     *     query of its own, so its bits do not depend on how many are read with it, nor on other sequences, as far as
     *     those of products do not: {@link #hasIndependentRows}. Otherwise attention is computed row by row
     * @return hidden states of the new tokens, sequence after sequence, [N, H] each
     */
    public HiddenStates read(
            TensorScope target,
            List<int[]> tokens,
            KeyValueCache cache,
            int first,
            List<AppliedAdapter> adapters,
            List<Integer> streams,
            boolean isStep) {
        TokenRows rows = cache.rows(tokens, first);
        try (TensorScope pass = target.child()) {
            Batch batch = model.generatingBatch(pass, rows);
            DecodingProgram.Slots slots = cache.program().slots(pass, cache, first, batch, isStep);
            RowAdapters own = new RowAdapters(rows, adapters);
            Map<Integer, Tensor> states = cache.program()
                    .read(pass, model.embed(pass, rows), batch, slots, weights.layers(), own, Set.copyOf(streams));
            states.replaceAll((stream, tensor) -> tensor.in(target));
            for (int row = 0; row < tokens.size(); row++) {
                cache.advance(first + row, tokens.get(row).length);
            }
            return HiddenStates.of(streams, states, config().layers());
        }
    }

    /** Logits of chosen tokens in fp32, [M, V]. */
    public Tensor logits(TensorScope target, Tensor hiddenStates, long[] at) {
        try (Tensor chosen = target.longs(at, at.length)) {
            return model.program().logits(target, hiddenStates, chosen, weights);
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
