package dev.anneal.engine.network.model;

import java.util.Arrays;
import java.util.List;

/** The trained positions of a micro-batch and the tokens that follow them. */
public final class Targets {

    private final long[] at;
    private final long[] ids;

    private final double temperature;

    private Targets(long[] at, long[] ids, double temperature) {
        this.at = at;
        this.ids = ids;
        this.temperature = temperature;
    }

    /**
     * The targets of rows with a label for each id, shifted as in transformers: logits at i predict label i + 1.
     *
     * @param labels one array for each row
     * @param untrained label that means "not trained"
     */
    public static Targets of(TokenRows rows, List<int[]> labels, int untrained) {
        long[] at = new long[rows.tokens()];
        long[] ids = new long[rows.tokens()];
        int count = 0;
        for (int row = 0; row < labels.size(); row++) {
            int[] own = labels.get(row);
            for (int token = 1; token < own.length; token++) {
                if (own[token] != untrained) {
                    at[count] = rows.index(row, token - 1);
                    ids[count++] = own[token];
                }
            }
        }
        return new Targets(Arrays.copyOf(at, count), Arrays.copyOf(ids, count), 1);
    }

    /** The same targets with logits divided by a temperature above 0, for tokens that were sampled at it. */
    public Targets at(double temperature) {
        return new Targets(at, ids, temperature);
    }

    /** Number of trained positions. */
    public int count() {
        return at.length;
    }

    /** Indices, among the tokens of all rows, whose logits predict {@link #ids()}. */
    long[] at() {
        return at;
    }

    long[] ids() {
        return ids;
    }

    double temperature() {
        return temperature;
    }
}
