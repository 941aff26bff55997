package dev.anneal.engine.network.objective;

import java.util.Arrays;
import java.util.List;

/**
 * The trained positions of a micro-batch and the tokens that follow them. A position that several rows share is one
 * target that counts as often.
 */
public final class Targets {

    /** Nothing is trained. */
    public static final Targets NONE = new Targets(new long[0], new long[0], new int[0], 1);

    private final long[] at;
    private final long[] ids;
    private final int[] counts;
    private final double temperature;

    private Targets(long[] at, long[] ids, int[] counts, double temperature) {
        this.at = at;
        this.ids = ids;
        this.counts = counts;
        this.temperature = temperature;
    }

    /**
     * Targets by position.
     *
     * @param at indices, among the tokens of all rows, each once
     * @param ids the tokens that follow them
     * @param counts in how many rows each is trained, at least one
     */
    @SuppressWarnings("PMD.UseVarargs")
    public static Targets of(long[] at, long[] ids, int[] counts) {
        return new Targets(at.clone(), ids.clone(), counts.clone(), 1);
    }

    /**
     * The targets of rows with a label for each id, shifted as in transformers: logits at i predict label i + 1. Those
     * whose logits belong to tokens before {@link TokenRows#start} are left out. Targets are in the order of the rows;
     * one that rows share is where the first of them has it.
     *
     * @param labels one array for each row
     * @param untrained label that means "not trained"
     */
    public static Targets of(TokenRows rows, List<int[]> labels, int untrained) {
        long[] at = new long[rows.tokens()];
        long[] ids = new long[rows.tokens()];
        int[] counts = new int[rows.tokens()];
        int[] targetOf = new int[rows.tokens()];
        int targets = 0;
        for (int row = 0; row < labels.size(); row++) {
            int[] own = labels.get(row);
            for (int token = rows.start() + 1; token < own.length; token++) {
                if (own[token] != untrained) {
                    int index = rows.index(row, token - 1);
                    if (targetOf[index] == 0) {
                        at[targets] = index;
                        ids[targets] = own[token];
                        targetOf[index] = ++targets;
                    } else if (ids[targetOf[index] - 1] != own[token]) {
                        throw new IllegalArgumentException(
                                "rows that share the token before it train different tokens: %d and %d"
                                        .formatted(ids[targetOf[index] - 1], own[token]));
                    }
                    counts[targetOf[index] - 1]++;
                }
            }
        }
        return new Targets(Arrays.copyOf(at, targets), Arrays.copyOf(ids, targets), Arrays.copyOf(counts, targets), 1);
    }

    /** The same targets with logits divided by a temperature above 0, for tokens that were sampled at it. */
    public Targets at(double temperature) {
        return new Targets(at, ids, counts, temperature);
    }

    /** Number of trained positions. */
    public int count() {
        return at.length;
    }

    /** Number of trained tokens of all rows. */
    public long trained() {
        return Arrays.stream(counts).asLongStream().sum();
    }

    /** Indices, among the tokens of all rows, whose logits predict {@link #ids()}. */
    public long[] at() {
        return at;
    }

    public long[] ids() {
        return ids;
    }

    /** In how many rows each position is trained; empty if in one everywhere. */
    public float[] counts() {
        float[] values = new float[trained() == count() ? 0 : counts.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = counts[i];
        }
        return values;
    }

    public double temperature() {
        return temperature;
    }
}
