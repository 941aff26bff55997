package dev.anneal.engine.network.objective;

import dev.anneal.engine.network.model.SharedPrefix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Concatenated rows of tokens without padding, which the decoder computes at once. Rows do not attend to each other,
 * and positions restart in each. A common beginning of several rows may be stored once, as a part that they continue,
 * and all may follow a {@link SharedPrefix}.
 */
public final class TokenRows {

    /** For a part that no other precedes. */
    public static final int NOTHING = -1;

    private final int start;
    private final long[] ids;
    private final long[] offsets;
    private final long[] positions;
    private final long[] past;
    private final long[] before;

    /** For each row the index of its last part. */
    private final int[] partOfRow;

    /**
     * Consecutive tokens of a row, or of several rows that have them in common.
     *
     * @param ids at least one
     * @param before index of the part that they follow, which comes earlier; {@link #NOTHING} if they are the first
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Part(int[] ids, int before) {}

    private TokenRows(int start, long[] past, List<Part> parts, int[] partOfRow) {
        this.start = start;
        this.past = past;
        this.partOfRow = partOfRow;
        this.offsets = new long[parts.size() + 1];
        this.before = parts.stream().mapToLong(Part::before).toArray();
        for (int part = 0; part < parts.size(); part++) {
            if (parts.get(part).ids().length == 0) {
                throw new IllegalArgumentException("part " + part + " has no tokens");
            }
            offsets[part + 1] = offsets[part] + parts.get(part).ids().length;
        }
        this.ids = new long[(int) offsets[parts.size()]];
        this.positions = new long[ids.length];
        for (int part = 0; part < parts.size(); part++) {
            int begin = (int) offsets[part];
            for (int at = begin; at < offsets[part + 1]; at++) {
                ids[at] = parts.get(part).ids()[at - begin];
                positions[at] = past[part] + at - begin;
            }
        }
    }

    /** Whole rows, each from its position 0. */
    public static TokenRows of(List<int[]> rows) {
        return continuing(rows, new int[rows.size()]);
    }

    /** Continuations: row i begins at position {@code past[i]} of its sequence. */
    public static TokenRows continuing(List<int[]> rows, int[] past) {
        List<Part> parts = rows.stream().map(row -> new Part(row, NOTHING)).toList();
        int[] partOfRow = new int[rows.size()];
        Arrays.setAll(partOfRow, row -> row);
        return new TokenRows(0, Arrays.stream(past).asLongStream().toArray(), parts, partOfRow);
    }

    /**
     * Rows whose common beginnings are computed once.
     *
     * @param start number of tokens before all parts that follow {@link #NOTHING}, which other passes compute
     * @param lastParts for each row the index of its last part, which no other row has
     */
    public static TokenRows ofParts(int start, List<Part> parts, List<Integer> lastParts) {
        List<Long> past = new ArrayList<>();
        for (Part part : parts) {
            int before = part.before();
            past.add(
                    before == NOTHING
                            ? (long) start
                            : past.get(before) + parts.get(before).ids().length);
        }
        return new TokenRows(
                start,
                past.stream().mapToLong(Long::longValue).toArray(),
                List.copyOf(parts),
                lastParts.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Number of tokens before all rows, which other passes compute. */
    public int start() {
        return start;
    }

    /** Number of tokens of all rows; shared ones are counted once. */
    public int tokens() {
        return ids.length;
    }

    public int rows() {
        return partOfRow.length;
    }

    /** Sum of the rows' lengths, from position 0. */
    public long rowTokens() {
        long sum = 0;
        for (int part : partOfRow) {
            sum += past[part] + offsets[part + 1] - offsets[part];
        }
        return sum;
    }

    /** For each token the index of its part. */
    public long[] partOfToken() {
        long[] parts = new long[tokens()];
        for (int part = 0; part < before.length; part++) {
            Arrays.fill(parts, (int) offsets[part], (int) offsets[part + 1], part);
        }
        return parts;
    }

    /** Index of a row's token, which is not before {@link #start}, among the tokens of all rows. */
    public int index(int row, int token) {
        int part = partOfRow[row];
        while (token < past[part] && before[part] != NOTHING) {
            part = (int) before[part];
        }
        return (int) (offsets[part] + token - (before[part] == NOTHING ? start : past[part]));
    }

    /** Index, among the tokens of all rows, of the first one that the row does not share. */
    public int begin(int row) {
        return (int) offsets[partOfRow[row]];
    }

    /** Index after a row's last token. */
    public int end(int row) {
        return (int) offsets[partOfRow[row] + 1];
    }

    public long[] ids() {
        return ids;
    }

    /** Begin of each part, then the number of tokens. */
    public long[] offsets() {
        return offsets;
    }

    public long[] positions() {
        return positions;
    }

    /** For each part the number of tokens before it in its sequence. */
    public long[] past() {
        return past;
    }

    /** For each part the index of the one that it continues, or -1. */
    public long[] before() {
        return before;
    }

    public long lastPosition() {
        return Arrays.stream(positions).max().orElse(0);
    }
}
