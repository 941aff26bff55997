package dev.anneal.engine.network.model;

import dev.anneal.engine.math.random.SplitMix64;
import java.util.List;

/**
 * Dropout of the inputs of A in training. A mask is a function of the row's key, the layer and the index of the
 * projection among those adapted, so it does not depend on the distribution of rows, and the backward pass reproduces
 * it.
 *
 * @param probability share of dropped inputs; the rest is divided by 1 - probability
 * @param rowKeys a number for each row of the micro-batch; empty without dropout
 */
public record AdapterDropout(double probability, List<Long> rowKeys) {

    public static final AdapterDropout NONE = new AdapterDropout(0, List.of());

    /** At least the projections of a layer. */
    private static final int PROJECTIONS = 8;

    public AdapterDropout {
        rowKeys = List.copyOf(rowKeys);
    }

    /**
     * Seeds of the rows in a layer; a projection adds its number to them. libtorch's CPU generator takes the low 32
     * bits.
     */
    public long[] seeds(int layer) {
        return rowKeys.stream()
                .mapToLong(key -> (SplitMix64.key(key + layer) & 0x0FFFFFFFL) * PROJECTIONS)
                .toArray();
    }
}
