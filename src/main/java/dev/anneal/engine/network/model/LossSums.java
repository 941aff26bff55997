package dev.anneal.engine.network.model;

/**
 * Loss of some trained tokens, as sums, so that micro-batches add up.
 *
 * @param negativeLogLikelihood sum over the trained tokens, nats
 * @param right trained tokens that were more likely than every other token
 * @param trained how many there were
 */
public record LossSums(double negativeLogLikelihood, long right, long trained) {

    public static final LossSums NONE = new LossSums(0, 0, 0);

    public LossSums plus(LossSums other) {
        return new LossSums(
                negativeLogLikelihood + other.negativeLogLikelihood, right + other.right, trained + other.trained);
    }

    /** Mean negative log-likelihood of a trained token; NaN if there is none. */
    public double mean() {
        return negativeLogLikelihood / trained;
    }

    /** Share of the trained tokens that were predicted; NaN if there is none. */
    public double accuracy() {
        return (double) right / trained;
    }
}
