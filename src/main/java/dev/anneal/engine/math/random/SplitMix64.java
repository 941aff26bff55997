package dev.anneal.engine.math.random;

/**
 * Parts of the generator of Steele, Lea and Flood ("Fast Splittable Pseudorandom Number Generators", 2014), whose
 * number n is {@code mix(seed + n * GAMMA)}.
 */
public final class SplitMix64 {

    /** The increment of the state: 2^64 divided by the golden ratio, odd. */
    public static final long GAMMA = 0x9E3779B97F4A7C15L;

    private SplitMix64() {}

    /** The finaliser: a bijection in which each bit of the result depends on all of the value's. */
    public static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** A key that depends on all numbers and their order. */
    public static long key(long seed, long... numbers) {
        long key = mix(seed + GAMMA);
        for (long number : numbers) {
            key = mix(key + number + GAMMA);
        }
        return key;
    }
}
