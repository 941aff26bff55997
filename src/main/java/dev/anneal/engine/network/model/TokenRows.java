package dev.anneal.engine.network.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Concatenated rows of tokens without padding, which the decoder computes at once. Rows do not attend to each other, and positions restart
 * in each. A common beginning of several rows may be stored once, as a part that they continue.
 */
public final class TokenRows {

    private static final int NOTHING = -1;

    private final long[] ids;
    private final long[] offsets;
    private final long[] positions;
    private final long[] past;
    private final long[] before;

    /** For each row the index of its part, or of the second of its two parts. */
    private final int[] partOfRow;

    /** Consecutive tokens of a row, or of the common beginning of rows. */
    private record Part(List<Integer> ids, int past, int before) {}

    private TokenRows(List<Part> parts, int[] partOfRow) {
        this.partOfRow = partOfRow;
        this.offsets = new long[parts.size() + 1];
        this.past = parts.stream().mapToLong(Part::past).toArray();
        this.before = parts.stream().mapToLong(Part::before).toArray();
        for (int part = 0; part < parts.size(); part++) {
            offsets[part + 1] = offsets[part] + parts.get(part).ids().size();
        }
        this.ids = new long[(int) offsets[parts.size()]];
        this.positions = new long[ids.length];
        for (int part = 0; part < parts.size(); part++) {
            int begin = (int) offsets[part];
            for (int at = begin; at < offsets[part + 1]; at++) {
                ids[at] = parts.get(part).ids().get(at - begin);
                positions[at] = past[part] + at - begin;
            }
        }
    }

    /** Whole rows, each from its position 0. */
    public static TokenRows of(List<int[]> rows) {
        return continuing(rows, new int[rows.size()]);
    }

    /** Continuations: row i begins at position {@code past[i]} of its sequence. */
    static TokenRows continuing(List<int[]> rows, int[] past) {
        List<Part> parts = new ArrayList<>();
        int[] partOfRow = new int[rows.size()];
        for (int row = 0; row < partOfRow.length; row++) {
            if (rows.get(row).length == 0) {
                throw new IllegalArgumentException("row " + row + " has no tokens");
            }
            partOfRow[row] = row;
            parts.add(new Part(asList(rows.get(row)), past[row], NOTHING));
        }
        return new TokenRows(parts, partOfRow);
    }

    /**
     * Whole rows, in which neighbours share a common beginning, which is computed once.
     *
     * @param shared for each row the number of leading tokens that it shares, fewer than it has; 0 for none
     */
    public static TokenRows sharing(List<int[]> rows, int[] shared) {
        List<Part> parts = new ArrayList<>();
        int[] partOfRow = new int[rows.size()];
        int beginning = NOTHING;
        for (int row = 0; row < partOfRow.length; row++) {
            List<Integer> all = asList(rows.get(row));
            List<Integer> common = all.subList(0, shared[row]);
            if (common.isEmpty()) {
                beginning = NOTHING;
            } else if (beginning == NOTHING || !parts.get(beginning).ids().equals(common)) {
                beginning = parts.size();
                parts.add(new Part(common, 0, NOTHING));
            }
            partOfRow[row] = parts.size();
            parts.add(new Part(all.subList(common.size(), all.size()), common.size(), beginning));
        }
        return new TokenRows(parts, partOfRow);
    }

    private static List<Integer> asList(int[] tokens) {
        return Arrays.stream(tokens).boxed().toList();
    }

    /** Number of tokens of all rows; shared ones are counted once. */
    public int tokens() {
        return ids.length;
    }

    public int rows() {
        return partOfRow.length;
    }

    /** Index of a row's token among the tokens of all rows. */
    public int index(int row, int token) {
        int own = partOfRow[row];
        int common = before[own] == NOTHING ? 0 : (int) past[own];
        return (int) (token < common ? offsets[(int) before[own]] + token : offsets[own] + token - common);
    }

    /** Index, among the tokens of all rows, of the first one that the row does not share. */
    public int begin(int row) {
        return (int) offsets[partOfRow[row]];
    }

    /** Index after a row's last token. */
    public int end(int row) {
        return (int) offsets[partOfRow[row] + 1];
    }

    long[] ids() {
        return ids;
    }

    /** Begin of each part, then the number of tokens. */
    long[] offsets() {
        return offsets;
    }

    long[] positions() {
        return positions;
    }

    /** For each part the number of tokens before it in its sequence. */
    long[] past() {
        return past;
    }

    /** For each part the index of the one that it continues, or -1. */
    long[] before() {
        return before;
    }

    long lastPosition() {
        return Arrays.stream(positions).max().orElse(0);
    }
}
