package dev.anneal.engine.network.sampling;

import dev.anneal.engine.math.random.SplitMix64;

/**
 * How the next token of a sequence is chosen, with the filters of transformers' generate, in its order: temperature,
 * top_k, top_p, min_p.
 *
 * @param temperature divisor of logits, at least 1e-6; or 0 for greedy decoding
 * @param topK number of most likely tokens to keep, plus ties with the last of them; 0 for all
 * @param topP minimum total probability of the tokens to keep; 1 for all
 * @param minP share of the largest probability below which tokens are dropped; 0 for none
 * @param seed seed of the sequence's noise: a token depends only on the seed, its position and the logits
 */
public record Sampling(double temperature, int topK, double topP, double minP, long seed) {

    /** Greedy decoding. */
    public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 0);

    public Sampling {
        require(temperature == 0 || isTemperature(temperature), "temperature", temperature);
        require(topK >= 0, "top_k", topK);
        require(topP > 0 && topP <= 1, "top_p", topP);
        require(minP >= 0 && minP <= 1, "min_p", minP);
    }

    /** Logits that are divided by it stay finite in fp32. */
    private static boolean isTemperature(double value) {
        return value >= 1e-6 && value < Double.POSITIVE_INFINITY;
    }

    private static void require(boolean condition, String name, Number value) {
        if (!condition) {
            throw new IllegalArgumentException("%s cannot be %s".formatted(name, value));
        }
    }

    /** The same sampling with other noise. */
    public Sampling withSeed(long other) {
        return new Sampling(temperature, topK, topP, minP, other);
    }

    public boolean isGreedy() {
        return temperature == 0;
    }

    public boolean isFiltered() {
        return topK > 0 || topP < 1 || minP > 0;
    }

    /** Key of the noise at a position of the answer. */
    public long noiseKey(int position) {
        return SplitMix64.key(seed, position);
    }
}
