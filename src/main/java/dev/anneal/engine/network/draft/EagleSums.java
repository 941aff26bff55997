package dev.anneal.engine.network.draft;

/**
 * Loss and agreement of one step over some rows, as sums, so that micro-batches add up.
 *
 * @param loss sum over the trained positions
 * @param regression sum of the SmoothL1 distances, EAGLE-1
 * @param trained number of trained positions
 * @param correct of them, how many whose most likely token is the target's
 * @param prefixCorrect of them, how many that end a run of correct steps from a trained first one
 * @param prefixStarted number of such runs that reached this step
 * @param overlap sum of sum min(p, q), the probability that a sampled proposal is accepted
 */
public record EagleSums(
        double loss,
        double regression,
        long trained,
        long correct,
        long prefixCorrect,
        long prefixStarted,
        double overlap) {

    public static final EagleSums NONE = new EagleSums(0, 0, 0, 0, 0, 0, 0);

    public EagleSums plus(EagleSums other) {
        return new EagleSums(
                loss + other.loss,
                regression + other.regression,
                trained + other.trained,
                correct + other.correct,
                prefixCorrect + other.prefixCorrect,
                prefixStarted + other.prefixStarted,
                overlap + other.overlap);
    }
}
