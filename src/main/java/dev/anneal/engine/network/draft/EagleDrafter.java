package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.Batch;
import dev.anneal.engine.network.model.DecoderProgram;
import dev.anneal.engine.network.model.DecodingProgram;
import dev.anneal.engine.network.model.DecodingPrograms;
import dev.anneal.engine.network.model.KeyValueCache;
import dev.anneal.engine.network.model.MatrixPacking;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.List;

/**
 * Drafts chains of tokens, for several sequences at a time. A sequence is read in pairs of a token and a state of the
 * token before it: of the target as far as it has been, then the head's own, token after token. What it read beyond the
 * target is removed from the cache with {@link KeyValueCache#truncate} before it reads the target's states there. In
 * bf16 on a CPU it packs the matrices in the fastest layout for few rows. The head's weights must not change during its
 * lifetime. Closed by its owner.
 */
public final class EagleDrafter implements AutoCloseable {

    /** Indices of the matrices among a layer's weights: q k v, o, gate up, down. */
    private static final List<Integer> MATRICES = List.of(1, 2, 4, 5);

    private final EagleHead head;
    private final AppliedAdapter adapter;
    private final TensorScope scope;
    private final EagleProgram program;
    private final DecodingPrograms programs;

    /** @param adapter of the head's layer, or {@link EagleHead#noAdapter} */
    public EagleDrafter(EagleHead head, AppliedAdapter adapter) {
        this(head, adapter, head.scope().child(), false);
    }

    private EagleDrafter(EagleHead head, AppliedAdapter adapter, TensorScope scope, boolean isOnlyUse) {
        this.head = head;
        this.adapter = head.program().decoder().ordinary(scope, adapter);
        this.scope = scope;
        this.programs = new DecodingPrograms(scope, head.config().layer());
        this.program = MatrixPacking.ifPossible(head.precision(), scope.device(), this::packed)
                .map(weights -> inPlaceOf(head.program(), weights, isOnlyUse))
                .orElse(head.program());
    }

    /** For a head that nothing else computes with: its matrices are in memory once, packed or as they are. */
    public static EagleDrafter onlyUseOf(EagleHead head, AppliedAdapter adapter) {
        return new EagleDrafter(head, adapter, head.scope().child(), true);
    }

    private EagleProgram inPlaceOf(EagleProgram plain, EagleTensors packed, boolean isOnlyUse) {
        if (isOnlyUse) {
            MATRICES.forEach(place -> plain.weights().layer().get(place).close());
            plain.weights().fc().close();
            if (head.config().isEagle3()) {
                plain.weights().head().close();
            }
        }
        return new EagleProgram(scope, head.config(), plain.decoder(), packed);
    }

    private EagleTensors packed() {
        EagleTensors plain = head.program().weights();
        DecoderProgram decoder = head.program().decoder();
        List<Tensor> layer = new ArrayList<>(plain.layer());
        MATRICES.forEach(place -> layer.set(place, decoder.packed(scope, layer.get(place))));
        return new EagleTensors(
                layer,
                plain.hiddenNorm(),
                decoder.packed(scope, plain.fc()),
                plain.fcBias(),
                plain.fcNorm(),
                plain.norm(),
                decoder.packed(scope, plain.head()));
    }

    public EagleConfig config() {
        return head.config();
    }

    /** The scope that lives as long as this. */
    public TensorScope scope() {
        return scope;
    }

    /** Some of the states. */
    @SuppressWarnings("PMD.UseVarargs")
    public Tensor rowsOf(TensorScope target, Tensor states, long[] at) {
        return program.rowsOf(target, states, at);
    }

    /** Some rows of states one under another. */
    public Tensor together(TensorScope target, List<Tensor> states) {
        return program.decoder().fuse(target, states);
    }

    /** Logits of the target's vocabulary, [N, V] fp32; minus infinity for tokens that the head cannot propose. */
    public Tensor targetLogits(TensorScope target, Tensor states) {
        Tensor logits = program.fedLogits(target, states);
        DraftVocabulary vocabulary = head.vocabulary();
        return vocabulary.isWhole()
                ? logits
                : program.spread(
                        target,
                        logits,
                        vocabulary.targetIds(),
                        head.config().layer().vocabularySize());
    }

    /** An empty cache for a number of sequences of at most {@code capacity} pairs each. */
    public KeyValueCache newCache(TensorScope owner, int slots, int capacity) {
        return KeyValueCache.create(owner, programs, head.precision(), slots, capacity);
    }

    /**
     * What it reads of the target's states beside tokens: in EAGLE-3 the streams, [N, 3 H] if there are three; in
     * EAGLE-1 the normed state, [N, H].
     *
     * @param states the target's, with the streams of {@link EagleConfig#streams}
     * @param at of each token the index among {@code states} of the token before it
     */
    @SuppressWarnings("PMD.UseVarargs")
    public Tensor statesAt(TensorScope target, HiddenStates states, long[] at) {
        try (TensorScope pass = target.child()) {
            Tensor chosen = head.config().isEagle3()
                    ? program.concatenated(
                            pass,
                            states.streams().stream()
                                    .map(stream -> program.rowsOf(pass, stream, at))
                                    .toList())
                    : program.normed(pass, program.rowsOf(pass, states.last(), at), head.targetNorm());
            return chosen.in(target);
        }
    }

    /**
     * Reads tokens with the target's states.
     *
     * @param tokens new tokens of neighbouring sequences, at least one each
     * @param states of the tokens before them, by {@link #statesAt}
     * @param first slot of the first sequence
     * @param isStep whether they are few, and their bits shall not depend on how many are read at a time
     * @return the head's own states at the tokens, [N, H], with which it goes on
     */
    public Tensor readVerified(
            TensorScope target, List<int[]> tokens, Tensor states, KeyValueCache cache, int first, boolean isStep) {
        try (TensorScope pass = target.child()) {
            TokenRows rows = cache.rows(tokens, first);
            Tensor embedded = program.embed(pass, rows.ids(), head.embedding());
            Tensor read = head.config().isEagle3() ? states : program.concatenated(pass, List.of(embedded, states));
            Tensor state = program.fc(pass, read).get(0);
            return read(pass, rows, new EagleProgram.Pair(embedded, state), cache, first, isStep)
                    .in(target);
        }
    }

    /**
     * Reads one more token of each of some neighbouring sequences, with the head's own states.
     *
     * @param states of the tokens before, [N, H]
     */
    public Tensor readOwn(TensorScope target, List<int[]> tokens, Tensor states, KeyValueCache cache, int first) {
        try (TensorScope pass = target.child()) {
            TokenRows rows = cache.rows(tokens, first);
            Tensor embedded = program.embed(pass, rows.ids(), head.embedding());
            Tensor state = head.config().isEagle3()
                    ? states
                    : program.fc(pass, program.concatenated(pass, List.of(embedded, states)))
                            .get(0);
            return read(pass, rows, new EagleProgram.Pair(embedded, state), cache, first, true)
                    .in(target);
        }
    }

    private Tensor read(
            TensorScope pass, TokenRows rows, EagleProgram.Pair pair, KeyValueCache cache, int first, boolean isStep) {
        Batch batch = program.decoder().generatingBatch(pass, rows, head.embedding());
        DecodingProgram.Slots slots = cache.program().slots(pass, cache, first, batch, isStep);
        Tensor output = program.read(pass, program.enter(pass, pair), batch, slots, adapter);
        for (int row = 0; row < rows.rows(); row++) {
            cache.advance(first + row, rows.end(row) - rows.begin(row));
        }
        return program.nextInput(pass, output);
    }

    /**
     * Logits of the draft's vocabulary, [M, D] fp32. {@link DraftVocabulary#targetIds} says what its tokens are.
     *
     * @param states results of reading
     * @param at chosen ones
     */
    @SuppressWarnings("PMD.UseVarargs")
    public Tensor logits(TensorScope target, Tensor states, long[] at) {
        try (TensorScope pass = target.child()) {
            return program.fedLogits(pass, program.rowsOf(pass, states, at)).in(target);
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
