package dev.anneal.engine.network.drafting;

import java.util.Arrays;

/** Where a sequence's draft tokens come from, and how many of its earlier ones were right. Not thread-safe. */
public abstract class DraftSource {

    public static final int[] NONE = {};

    /** Of a sequence: the expectation follows its text. */
    private static final double MEMORY = 0.95;

    private final AcceptanceRate own = new AcceptanceRate(MEMORY);

    /** Draft tokens of the next step that were found or proposed. */
    private int[] tokens = NONE;

    /**
     * Prepares for at most {@code most} draft tokens, which may be 0 or less. The first call comes after the answer's
     * first token.
     */
    public abstract void prepare(int most);

    /** Whether a draft has to propose the tokens first, which takes time. */
    public abstract boolean isProposed();

    /** Number of draft tokens that there are, or that can be had. */
    public abstract int available();

    /** Adds a token of the answer. */
    public abstract void add(int token);

    /** Number of draft tokens if there may be at most {@code most}. */
    public final int count(int most) {
        return Math.min(most, available());
    }

    public final void set(int[] draftTokens) {
        tokens = draftTokens;
    }

    /** At most {@code most} draft tokens. */
    public final int[] tokens(int most) {
        return tokens.length <= most ? tokens : Arrays.copyOf(tokens, most);
    }

    public final int found() {
        return tokens.length;
    }

    /** Share of right ones that is expected where the sequence itself says nothing. */
    public abstract double prior();

    /** Number of compared tokens that count as much as {@link #prior}. */
    public abstract double priorWeight();

    /** Expected number of right ones among at most {@code most} draft tokens: those before the first wrong one. */
    public final double expected(int most) {
        double rate = own.expected(prior(), priorWeight());
        return rate * (1 - Math.pow(rate, count(most))) / (1 - rate);
    }

    /**
     * @param drafted draft tokens read in a step
     * @param right the first ones of them that equal the chosen tokens
     */
    public void compared(int drafted, int right) {
        if (available() > 0) {
            own.note(drafted, right);
        }
    }
}
