package dev.anneal.engine.text.data;

import static dev.anneal.engine.math.random.SplitMix64.GAMMA;
import static dev.anneal.engine.math.random.SplitMix64.mix;

import dev.anneal.engine.math.random.SplitMix64;

/**
 * Random numbers as a function of (seed, stream, counter), without state: the n-th number can be had without the others. {@link SplitMix64#mix} is
 * applied to each key in turn.
 */
final class CounterRandom {

    private final long key;

    CounterRandom(long seed, long stream) {
        key = mix(mix(seed + GAMMA) ^ (stream * GAMMA));
    }

    /** A number in 0..bound-1. The bias is below bound / 2^63: nothing for the number of rows a file can hold. */
    int below(long counter, int bound) {
        return (int) Math.multiplyHigh(mix(key + (counter + 1) * GAMMA) >>> 1, 2L * bound);
    }
}
