package dev.anneal.engine.network.objective;

/**
 * Loss of some trained tokens, as sums, so that micro-batches add up.
 *
 * @param negativeLogLikelihood sum over the trained tokens, nats
 * @param right number of trained tokens that were more likely than all others
 * @param trained number of trained tokens
 */
public record LossSums(double negativeLogLikelihood, long right, long trained) {

    public static final LossSums NONE = new LossSums(0, 0, 0);

    public LossSums plus(LossSums other) {
        return new LossSums(
                negativeLogLikelihood + other.negativeLogLikelihood, right + other.right, trained + other.trained);
    }

    /** Mean negative log-likelihood of trained tokens; NaN if there are none. */
    public double mean() {
        return negativeLogLikelihood / trained;
    }

    /** Share of correctly predicted trained tokens; NaN if there are none. */
    public double accuracy() {
        return (double) right / trained;
    }
}
