package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.nio.IntBuffer;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * Hidden states of a target, in the host's memory, for a head that reads the same rows again. Those of a row are kept
 * when it is first read, if there is room; rows of equal tokens share them. Thread-safe. Closed by its owner.
 */
public final class HiddenStateCache implements AutoCloseable {

    private final EagleProgram program;
    private final TensorScope scope;
    private final boolean keepsAny;
    private final Map<IntBuffer, Tensor> kept = new HashMap<>();

    /** Bytes that may still be kept. */
    private long room;

    /** @param bytes maximum size of what is kept; 0 to keep nothing */
    public HiddenStateCache(EagleHead head, long bytes) {
        this.program = head.program();
        this.scope = head.scope().child();
        this.keepsAny = bytes > 0;
        this.room = bytes;
    }

    /**
     * Hidden states of rows one after another, [N, H] each.
     *
     * @param rows token ids, which must not be changed
     * @param target computes them for the rows of which they are not kept, all at once
     */
    public List<Tensor> of(
            TensorScope owner, List<int[]> rows, BiFunction<TensorScope, TokenRows, List<Tensor>> target) {
        if (!keepsAny) {
            return target.apply(owner, TokenRows.of(rows));
        }
        List<Optional<Tensor>> known = rows.stream().map(this::find).toList();
        List<int[]> missing = IntStream.range(0, rows.size())
                .filter(row -> known.get(row).isEmpty())
                .mapToObj(rows::get)
                .toList();
        if (missing.size() == rows.size()) {
            return computed(owner, rows, target);
        }
        try (TensorScope pass = owner.child()) {
            Iterator<Tensor> others = apart(pass, missing, target).iterator();
            List<Tensor> all =
                    known.stream().map(states -> states.orElseGet(others::next)).toList();
            return program.statesOfRows(owner, all);
        }
    }

    private synchronized Optional<Tensor> find(int[] row) {
        return Optional.ofNullable(kept.get(IntBuffer.wrap(row)));
    }

    /** States of rows one after another, of which only what is kept is copied. */
    private List<Tensor> computed(
            TensorScope owner, List<int[]> rows, BiFunction<TensorScope, TokenRows, List<Tensor>> target) {
        TokenRows tokens = TokenRows.of(rows);
        List<Tensor> states = target.apply(owner, tokens);
        for (int row = 0; row < rows.size(); row++) {
            keep(rows.get(row), states, tokens.begin(row), tokens.end(row));
        }
        return states;
    }

    /** States of each row apart. */
    private List<Tensor> apart(
            TensorScope pass, List<int[]> rows, BiFunction<TensorScope, TokenRows, List<Tensor>> target) {
        if (rows.isEmpty()) {
            return List.of();
        }
        TokenRows tokens = TokenRows.of(rows);
        List<Tensor> states = computed(pass, rows, target);
        return IntStream.range(0, rows.size())
                .mapToObj(row -> find(rows.get(row))
                        .orElseGet(() -> program.statesOfRow(pass, states, tokens.begin(row), tokens.end(row))))
                .toList();
    }

    private synchronized void keep(int[] row, List<Tensor> states, int begin, int end) {
        IntBuffer key = IntBuffer.wrap(row);
        long bytes =
                states.stream().mapToLong(state -> bytesOf(state, end - begin)).sum();
        if (bytes <= room && !kept.containsKey(key)) {
            kept.put(key, program.statesOfRow(scope, states, begin, end));
            room -= bytes;
        }
    }

    private static long bytesOf(Tensor state, int tokens) {
        return state.elements() / state.shape()[0] * state.elementType().bytes() * tokens;
    }

    @Override
    public void close() {
        scope.close();
    }
}
