package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TorchException;
import java.util.ArrayList;
import java.util.List;

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

    public IncrementalDecoder(DecoderModel model) {
        this.model = model;
        this.scope = model.scope().child();
        boolean packs =
                model.precision() == ElementType.BFLOAT16 && scope.device().equals("cpu");
        this.weights = packs ? packedIfPossible(model.weights()) : model.weights();
        this.layers = weights.layers().stream().flatMap(List::stream).toList();
    }

    /** oneDNN has this layout only for processors with bf16 products. */
    private DecoderTensors packedIfPossible(DecoderTensors plain) {
        try {
            return packed(plain);
        } catch (TorchException e) {
            if (e.isOutOfMemory()) {
                throw e;
            }
            return plain;
        }
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
     * Reads more tokens of cached sequences in neighbouring slots. If each has one token, as in a step of generation, attention is computed
     * for all at once, otherwise row by row.
     *
     * @param tokens new tokens of each sequence, at least one each
     * @param cache cache of the sequences
     * @param first slot of the first sequence; row i continues slot {@code first + i}
     * @param adapters one for each sequence; neighbours with the same adapter share its products
     * @return hidden states of the new tokens, sequence after sequence, [N, H]
     */
    public Tensor read(
            Scope target, List<int[]> tokens, KeyValueCache cache, int first, List<AppliedAdapter> adapters) {
        TokenRows rows = rows(tokens, cache, first);
        cache.reserve((int) rows.lastPosition() + 1);
        try (Scope pass = target.child()) {
            Batch batch = model.batch(pass, rows);
            DecoderProgram.Slots slots = cache.program().slots(pass, cache, first, batch);
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
