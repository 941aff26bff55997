package dev.anneal.engine.network.model;

import dev.anneal.engine.network.objective.TokenRows;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Which keys the rows of a micro-batch see: those of what they continue, and their own. */
final class KeySpans {

    private final TokenRows rows;
    private final long[] begins;

    KeySpans(TokenRows rows) {
        this.rows = rows;
        this.begins = new long[rows.offsets().length];
        for (int part = 0; part < begins.length - 1; part++) {
            begins[part + 1] = begins[part] + seen(part);
        }
    }

    private long seen(int part) {
        int before = (int) rows.before()[part];
        return queries(part) + (before == TokenRows.NOTHING ? rows.start() : begins[before + 1] - begins[before]);
    }

    /** Begin of each part's keys among those of all parts, then their number. */
    long[] begins() {
        return begins;
    }

    /**
     * The token of each key, counted from the first of the prefix, [K]; empty if all parts see their own tokens alone.
     */
    long[] tokens() {
        if (rows.start() == 0 && Arrays.stream(rows.before()).allMatch(before -> before == TokenRows.NOTHING)) {
            return new long[0];
        }
        long[] tokens = new long[(int) begins[begins.length - 1]];
        for (int part = 0; part < begins.length - 1; part++) {
            int at = (int) begins[part + 1];
            for (int seen = part; seen != TokenRows.NOTHING; seen = (int) rows.before()[seen]) {
                for (long token = rows.offsets()[seen + 1] - 1; token >= rows.offsets()[seen]; token--) {
                    tokens[--at] = rows.start() + token;
                }
            }
            for (int token = rows.start() - 1; token >= 0; token--) {
                tokens[--at] = token;
            }
        }
        return tokens;
    }

    /** How often a key is seen on average: what its copies take, times keys that are there. */
    double copies() {
        return (double) begins[begins.length - 1] / (rows.start() + rows.tokens());
    }

    /** Queries of a part, at most. */
    long mostQueries() {
        return parts().mapToLong(this::queries).max().orElse(0);
    }

    /** Keys that a part sees, at most. */
    long mostKeys() {
        return parts().mapToLong(part -> begins[part + 1] - begins[part]).max().orElse(0);
    }

    private IntStream parts() {
        return IntStream.range(0, begins.length - 1);
    }

    private long queries(int part) {
        return rows.offsets()[part + 1] - rows.offsets()[part];
    }
}
