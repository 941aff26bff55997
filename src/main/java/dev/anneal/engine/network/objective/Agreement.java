package dev.anneal.engine.network.objective;

/**
 * How far a draft agrees with its target at the trained positions of a micro-batch, in their order.
 *
 * @param equal whether both have the same most likely token
 * @param overlap sum of min(p, q) over the vocabulary: the probability that a proposed token is accepted at temperature
 *     1
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Agreement(boolean[] equal, float[] overlap) {

    /** @param each the program's [3, M]: divergences, equal most likely tokens and overlaps */
    public static Agreement of(float[] each) {
        int positions = each.length / 3;
        boolean[] equal = new boolean[positions];
        float[] overlap = new float[positions];
        for (int i = 0; i < positions; i++) {
            equal[i] = each[positions + i] > 0;
            overlap[i] = each[2 * positions + i];
        }
        return new Agreement(equal, overlap);
    }
}
