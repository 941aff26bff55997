package dev.anneal.engine.model;

import java.util.List;

/**
 * Rows of tokens laid one after another without padding: what the decoder computes at one time. Rows do not see each other, and positions
 * restart in each.
 */
public final class TokenRows {

    private final long[] ids;
    private final long[] offsets;
    private final long[] positions;
    private final long[] past;

    private TokenRows(List<int[]> rows, int[] past) {
        int count = rows.size();
        this.offsets = new long[count + 1];
        this.past = new long[count];
        for (int row = 0; row < count; row++) {
            if (rows.get(row).length == 0) {
                throw new IllegalArgumentException("row " + row + " has no tokens");
            }
            offsets[row + 1] = offsets[row] + rows.get(row).length;
            this.past[row] = past[row];
        }
        this.ids = new long[(int) offsets[count]];
        this.positions = new long[ids.length];
        for (int row = 0; row < count; row++) {
            int at = (int) offsets[row];
            for (int token : rows.get(row)) {
                ids[at] = token;
                positions[at] = past[row] + at - offsets[row];
                at++;
            }
        }
    }

    /** Whole rows, each from its position 0. */
    public static TokenRows of(List<int[]> rows) {
        return new TokenRows(rows, new int[rows.size()]);
    }

    /** Continuations: row i goes on at position {@code past[i]} of its sequence. */
    static TokenRows continuing(List<int[]> rows, int[] past) {
        return new TokenRows(rows, past);
    }

    /** Tokens of all rows. */
    public int tokens() {
        return ids.length;
    }

    public int rows() {
        return past.length;
    }

    /** Index of a row's first token among the tokens of all rows. */
    public int begin(int row) {
        return (int) offsets[row];
    }

    /** Index behind a row's last token. */
    public int end(int row) {
        return (int) offsets[row + 1];
    }

    long[] ids() {
        return ids;
    }

    /** Begin of each row, then the number of tokens. */
    long[] offsets() {
        return offsets;
    }

    long[] positions() {
        return positions;
    }

    long[] past() {
        return past;
    }

    long lastPosition() {
        long last = 0;
        for (long position : positions) {
            last = Math.max(last, position);
        }
        return last;
    }
}
