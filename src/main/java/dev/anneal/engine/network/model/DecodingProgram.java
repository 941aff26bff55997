package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.architecture.LayerKind;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The methods of {@code torchscript/decoder/decoding}: layers for cached sequences. Results belong to the given scope.
 */
public final class DecodingProgram {

    private final ModelConfig config;
    private final DecoderProgram decoder;

    DecodingProgram(TensorScope owner, ModelConfig config) {
        this.config = config;
        this.decoder = new DecoderProgram(owner, config);
    }

    /**
     * All layers for rows that continue cached sequences.
     *
     * @param wanted numbers of layers
     * @return what enters the wanted layers, and what leaves the last one, by number
     */
    Map<Integer, Tensor> read(
            TensorScope scope,
            Tensor x,
            Batch batch,
            Slots slots,
            FrozenLayers weights,
            RowAdapters adapters,
            Set<Integer> wanted) {
        Map<Integer, Tensor> streams = new HashMap<>();
        Tensor out = x;
        int begin = 0;
        while (begin < config.layers()) {
            Stretch stretch = stretch(begin, weights.areResident(), wanted);
            List<Tensor> read;
            try (FrozenLayers.Loan lent = weights.lend(stretch.begin(), stretch.end())) {
                read = read(scope, out, stretch, batch, slots, lent.weights(), adapters);
            }
            for (int i = 0; i < stretch.wanted().size(); i++) {
                streams.put(stretch.wanted().get(i), read.get(i));
            }
            out = read.get(stretch.wanted().size());
            begin = stretch.end();
        }
        streams.put(config.layers(), out);
        return streams;
    }

    /**
     * Layers of the same kind that are read at once, from {@code begin} to {@code end} - 1.
     *
     * @param wanted those of them whose input is wanted
     */
    private record Stretch(int begin, int end, List<Integer> wanted) {}

    private Stretch stretch(int begin, boolean several, Set<Integer> wanted) {
        int end = begin + 1;
        while (several && end < config.layers() && kind(end).equals(kind(begin))) {
            end++;
        }
        return new Stretch(
                begin,
                end,
                IntStream.range(begin, end).filter(wanted::contains).boxed().toList());
    }

    private LayerKind kind(int layer) {
        return config.kinds().get(layer);
    }

    private List<Tensor> read(
            TensorScope scope,
            Tensor x,
            Stretch layers,
            Batch batch,
            Slots slots,
            List<Tensor> weights,
            RowAdapters adapters) {
        LayerKind kind = kind(layers.begin());
        return decoder.of(layers.begin())
                .callForList(
                        scope,
                        "read",
                        x,
                        (long) layers.begin(),
                        (long) layers.end(),
                        weights,
                        adapters.tensors(),
                        adapters.segments(),
                        adapters.activations(),
                        adapters.betas(),
                        batch.turns(kind).cos(),
                        batch.turns(kind).sin(),
                        batch.rows().offsets(),
                        batch.rows().past(),
                        slots.next(kind),
                        (long) slots.first(),
                        slots.cache().layers(),
                        layers.wanted().stream().mapToLong(Integer::longValue).toArray());
    }

    /**
     * Neighbouring slots of a cache, one for each row.
     *
     * @param ofStep in a step, results of the program's {@code next_tokens} for each kind of layer; otherwise empty
     */
    public record Slots(KeyValueCache cache, int first, Map<LayerKind, List<Tensor>> ofStep) {

        /** What layers of a kind do alike with the tokens of a step; empty where prompts are read. */
        public List<Tensor> next(LayerKind kind) {
            return ofStep.getOrDefault(kind, List.of());
        }
    }

    /**
     * The slots of a batch's rows from {@code first} on.
     *
     * @param isStep whether each of its tokens is a query of its own
     */
    public Slots slots(TensorScope scope, KeyValueCache cache, int first, Batch batch, boolean isStep) {
        Map<LayerKind, List<Tensor>> ofStep = new HashMap<>();
        for (int layer = 0; isStep && layer < config.layers(); layer++) {
            Program program = decoder.of(layer);
            ofStep.computeIfAbsent(kind(layer), kind -> nextTokens(scope, program, kind, cache, batch));
        }
        return new Slots(cache, first, ofStep);
    }

    private static List<Tensor> nextTokens(
            TensorScope scope, Program program, LayerKind kind, KeyValueCache cache, Batch batch) {
        TokenRows rows = batch.rows();
        // Whole blocks, those behind a sequence with weight 0: the order in which a kernel adds up a block depends on
        // how much of it there is.
        long seen = DecodingLimits.cachedTokens((int) rows.lastPosition() + 1);
        return program.callForList(
                scope,
                "next_tokens",
                scope.longs(rows.partOfToken(), rows.tokens()),
                batch.positions(),
                batch.turns(kind).cos(),
                batch.turns(kind).sin(),
                seen,
                cache.layers().get(0));
    }

    /** Copies a sequence of {@code length} tokens from one slot of all layers' keys and values to another. */
    void copy(TensorScope scope, List<Tensor> caches, int source, int target, int length) {
        decoder.whole()
                .call(scope, "copy", caches, (long) source, (long) target, (long) length)
                .close();
    }

    /** Copies of the first {@code length} tokens of a slot in all layers. */
    List<Tensor> copied(TensorScope scope, List<Tensor> caches, int slot, int length) {
        return decoder.whole().callForList(scope, "copied", caches, (long) slot, (long) length);
    }

    /** Copies the first {@code length} of copied tokens into a slot. */
    void restore(TensorScope scope, List<Tensor> caches, List<Tensor> copies, int slot, int length) {
        decoder.whole()
                .call(scope, "restore", caches, copies, (long) slot, (long) length)
                .close();
    }

    /** Makes the tokens {@code first} to {@code end} - 1 of a slot zero in all layers. */
    void clear(TensorScope scope, List<Tensor> caches, int slot, int first, int end) {
        decoder.whole()
                .call(scope, "clear", caches, (long) slot, (long) first, (long) end)
                .close();
    }

    /** Copies a layer's keys and values into a tensor with room for longer sequences. */
    void grow(TensorScope scope, Tensor smaller, Tensor larger) {
        decoder.whole().call(scope, "grow", smaller, larger).close();
    }
}
