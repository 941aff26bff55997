package dev.anneal.engine.math.objective;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How probable it is that the target's token is the draft's, from the probabilities p of the target and q of the draft,
 * which sum to 1. A draft without probabilities has q = 1 for its token x; all methods then give p(x).
 */
public final class Acceptance {

    private Acceptance() {}

    /** The most that is possible, the sum of min(p, q): that of rejection sampling, and 1 less the total variation. */
    public static double highest(double[] target, double[] draft) {
        return tokens(target).mapToDouble(x -> Math.min(target[x], draft[x])).sum();
    }

    /**
     * If both are drawn with the same exponential noise E, as the first of E / p and of E / q: the sum over x of 1 /
     * sum over y of max(p(y) / p(x), q(y) / q(x)) (arXiv 2408.07978). Takes time quadratic in the number of tokens.
     */
    public static double withSharedNoise(double[] target, double[] draft) {
        return tokens(target)
                .filter(x -> target[x] > 0 && draft[x] > 0)
                .mapToDouble(x -> isFirstInBoth(target, draft, x))
                .sum();
    }

    /** Probability that each other E(y) exceeds E(x) max(p(y) / p(x), q(y) / q(x)). */
    private static double isFirstInBoth(double[] target, double[] draft, int x) {
        double rate = tokens(target)
                .mapToDouble(y -> Math.max(target[y] / target[x], draft[y] / draft[x]))
                .sum();
        return 1 / rate;
    }

    /**
     * Expected number of accepted tokens of a chain, from the probability at each place that it is accepted if all
     * before it are.
     */
    public static double expectedTokens(double[] chain) {
        double[] allUpTo = chain.clone();
        Arrays.parallelPrefix(allUpTo, (before, own) -> before * own);
        return Arrays.stream(allUpTo).sum();
    }

    private static IntStream tokens(double[] probabilities) {
        return IntStream.range(0, probabilities.length);
    }
}
