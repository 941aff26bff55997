package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.List;

/**
 * Cached keys and values of several sequences in all layers. Each sequence has a slot. Memory grows with the longest
 * sequence. Closed by its owner.
 */
public final class KeyValueCache implements AutoCloseable {

    /** Minimum number of tokens by which capacity grows. */
    private static final int GROWTH = 64;

    private final TensorScope scope;
    private final DecodingPrograms programs;
    private final DecodingProgram program;
    private final ModelConfig config;
    private final ElementType precision;
    private final int capacity;
    private final int[] lengths;

    private List<Tensor> layers = List.of();

    private int room;

    private boolean isClosed;

    private KeyValueCache(
            TensorScope scope, DecodingPrograms programs, ElementType precision, int slots, int capacity) {
        this.scope = scope;
        this.programs = programs;
        this.program = programs.take();
        this.config = programs.config();
        this.precision = precision;
        this.capacity = capacity;
        this.lengths = new int[slots];
    }

    /**
     * An empty cache.
     *
     * @param slots number of sequences
     * @param capacity maximum number of tokens of a sequence
     */
    public static KeyValueCache create(
            TensorScope owner, DecodingPrograms programs, ElementType precision, int slots, int capacity) {
        ModelConfig config = programs.config();
        if (capacity < 1 || capacity > config.maxPositions()) {
            throw new IllegalArgumentException(
                    "a cache holds 1 to %d tokens in this model, not %d".formatted(config.maxPositions(), capacity));
        }
        return new KeyValueCache(owner.child(), programs, precision, slots, capacity);
    }

    /** The new tokens of neighbouring sequences as rows, for which the cache makes room. */
    public TokenRows rows(List<int[]> tokens, int first) {
        int[] past = new int[tokens.size()];
        for (int row = 0; row < past.length; row++) {
            past[row] = length(first + row);
            int length = past[row] + tokens.get(row).length;
            if (length > capacity) {
                throw new IllegalArgumentException(
                        "sequence %d would have %d tokens; its cache holds %d".formatted(row, length, capacity));
            }
        }
        TokenRows rows = TokenRows.continuing(tokens, past);
        reserve((int) rows.lastPosition() + 1);
        return rows;
    }

    /** Number of sequences that fit. */
    public int slots() {
        return lengths.length;
    }

    /** Maximum number of tokens of a sequence. */
    public int capacity() {
        return capacity;
    }

    /** Number of cached tokens of the sequence in a slot. */
    public int length(int slot) {
        return lengths[slot];
    }

    /**
     * Removes a sequence, so that another may use its slot. Its values are zeroed: attention reads tokens after the end
     * of a shorter sequence with weight 0, which would not cancel non-finite values.
     */
    public void free(int slot) {
        truncate(slot, 0);
    }

    /** Removes a sequence's tokens from {@code length} on. Their values are zeroed, as {@link #free} does. */
    public void truncate(int slot, int length) {
        if (length < lengths[slot]) {
            program.clear(scope, layers, slot, length, lengths[slot]);
            lengths[slot] = length;
        }
    }

    /** Moves a sequence to a free slot, so that slots in use are neighbours. */
    public void move(int from, int to) {
        copy(from, to);
        free(from);
    }

    /**
     * Removes the sequence in a slot, and moves the last one into the gap, so that slots in use are neighbours.
     *
     * @param sequences those in the slots, in their order, from which the removed one is taken as well
     */
    public <T> void remove(int slot, List<T> sequences) {
        free(slot);
        int last = sequences.size() - 1;
        T moved = sequences.remove(last);
        if (slot < last) {
            move(last, slot);
            sequences.set(slot, moved);
        }
    }

    /** Copies a sequence to a free slot. */
    public void copy(int from, int to) {
        program.copy(scope, layers, from, to, lengths[from]);
        lengths[to] = lengths[from];
    }

    /**
     * Copies of the first {@code length} tokens of the sequence in a slot: keys and values of each layer, [2 KV,
     * length, D].
     */
    public List<Tensor> copied(TensorScope target, int slot, int length) {
        return program.copied(target, layers, slot, length);
    }

    /** Begins a sequence in a free slot with the first {@code length} tokens of {@link #copied} ones. */
    public void restore(int slot, List<Tensor> copies, int length) {
        reserve(length);
        program.restore(scope, layers, copies, slot, length);
        lengths[slot] = length;
    }

    /** Number of tokens of each sequence that fit without growing: whole blocks. */
    int room() {
        return room;
    }

    /** The program that this cache has to itself. */
    public DecodingProgram program() {
        return program;
    }

    /** Grows the cache for sequences of this length. */
    private void reserve(int tokens) {
        if (tokens > room) {
            room = DecodingLimits.cachedTokens(Math.min(capacity, Math.max(tokens + GROWTH, room + room / 2)));
            layers = grown(layers);
        }
    }

    private List<Tensor> grown(List<Tensor> tensors) {
        List<Tensor> grown = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            Tensor larger =
                    scope.zeros(precision, lengths.length, 2L * config.keyValueHeads(), room, config.headSize());
            if (!tensors.isEmpty()) {
                try (Tensor smaller = tensors.get(layer)) {
                    program.grow(scope, smaller, larger);
                }
            }
            grown.add(larger);
        }
        return grown;
    }

    /** Of each layer the keys of all slots and heads, then their values, [slots, 2 KV, room, D]. */
    public List<Tensor> layers() {
        return layers;
    }

    /** Counts tokens whose keys and values have been cached. */
    public void advance(int slot, int tokens) {
        lengths[slot] += tokens;
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            scope.close();
            programs.giveBack(program);
        }
    }
}
