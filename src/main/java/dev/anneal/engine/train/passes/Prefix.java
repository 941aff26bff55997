package dev.anneal.engine.train.passes;

import dev.anneal.engine.network.model.Continuation;
import dev.anneal.engine.network.model.PassInput;
import dev.anneal.engine.network.objective.Targets;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.text.data.EncodedRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A beginning of several rows that is long enough for passes of its own, which several threads may share. */
final class Prefix {

    private final int end;
    private final @Nullable Prefix parent;
    private final List<Part> parts = new ArrayList<>();

    /** Consecutive tokens for one pass, and the trained tokens that are predicted from them. */
    record Part(TokenRows rows, Targets targets) {
        PassInput input(Continuation continued) {
            return new PassInput(rows, targets, continued);
        }
    }

    /**
     * @param node the last tokens of the prefix
     * @param parent the shorter prefix that it continues
     * @param partTokens tokens that a part aims at
     */
    Prefix(List<EncodedRow> rows, PrefixTree.Node node, @Nullable Prefix parent, int partTokens) {
        this.end = node.end();
        this.parent = parent;
        int begin = endOf(parent);
        int count = (end - begin + partTokens - 1) / partTokens;
        for (int part = 0; part < count; part++) {
            parts.add(
                    part(rows, node, begin + (end - begin) * part / count, begin + (end - begin) * (part + 1) / count));
        }
    }

    private static Part part(List<EncodedRow> rows, PrefixTree.Node node, int begin, int end) {
        int[] ids = rows.get(node.rows().get(0)).ids();
        long[] at = new long[end - begin];
        long[] next = new long[end - begin];
        int[] counts = new int[end - begin];
        int targets = 0;
        for (int position = begin; position < end; position++) {
            int trained = position + 1;
            int count = (int) node.rows().stream()
                    .filter(row -> rows.get(row).labels()[trained] != EncodedRow.NOT_TRAINED)
                    .count();
            if (count > 0) {
                at[targets] = (long) position - begin;
                next[targets] = ids[trained];
                counts[targets++] = count;
            }
        }
        TokenRows.Part tokens = new TokenRows.Part(Arrays.copyOfRange(ids, begin, end), TokenRows.NOTHING);
        return new Part(
                TokenRows.ofParts(begin, List.of(tokens), List.of(0)),
                Targets.of(Arrays.copyOf(at, targets), Arrays.copyOf(next, targets), Arrays.copyOf(counts, targets)));
    }

    /** Number of tokens of a prefix from position 0; 0 for none. */
    static int endOf(@Nullable Prefix prefix) {
        return prefix == null ? 0 : prefix.end;
    }

    /** Number of tokens behind the parent's. */
    int ownTokens() {
        return end - endOf(parent);
    }

    @Nullable
    Prefix parent() {
        return parent;
    }

    boolean continuesOrIs(Prefix other) {
        return this == other || (parent != null && parent.continuesOrIs(other));
    }

    /** In the order of their positions. */
    List<Part> parts() {
        return parts;
    }
}
