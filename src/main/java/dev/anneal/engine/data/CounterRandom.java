package dev.anneal.engine.data;

/**
 * Random numbers as a function of (seed, stream, counter), without state: the n-th number can be had without the others. The mixing function is that of
 * SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014), applied to each key in turn.
 */
final class CounterRandom {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private final long key;

    CounterRandom(long seed, long stream) {
        key = mix(mix(seed + GOLDEN_GAMMA) ^ (stream * GOLDEN_GAMMA));
    }

    /** A number in 0..bound-1. The bias is below bound / 2^63: nothing for the number of rows a file can hold. */
    int below(long counter, int bound) {
        return (int) Math.multiplyHigh(mix(key + (counter + 1) * GOLDEN_GAMMA) >>> 1, 2L * bound);
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
