package dev.anneal.engine.network.drafting;

/**
 * How often draft tokens were right lately: a share of right ones among those that were compared, of which each step
 * forgets a part. With what is forgotten the share goes back to the one that was expected at first, so that drafts that
 * were wrong are tried again. Thread-safe.
 */
public final class AcceptanceRate {

    /** Memory of a draft, whose tokens are right about as often in one sequence as in the next. */
    public static final double OF_A_DRAFT = 0.99;

    private final double memory;
    private double accepted;
    private double refused;

    /** @param memory by which earlier counts are multiplied at each step */
    public AcceptanceRate(double memory) {
        this.memory = memory;
    }

    /**
     * @param drafted draft tokens read in a step; may be none
     * @param right the first ones of them that equal the chosen tokens
     */
    public synchronized void note(int drafted, int right) {
        accepted = memory * accepted + right;
        refused = memory * refused + (right < drafted ? 1 : 0);
    }

    /**
     * Expected share of right ones.
     *
     * @param prior where nothing is known
     * @param weight number of compared tokens that count as much as this
     */
    public synchronized double expected(double prior, double weight) {
        return (accepted + prior * weight) / (accepted + refused + weight);
    }
}
