package dev.anneal.engine.network.architecture;

/**
 * Growth of rotated queries with their position p: they are multiplied by
 * {@code 1 + growth ln(1 + floor(p / positions))}, as in Llama 4.
 *
 * @param growth 0 for none
 * @param positions of a step, in tokens
 */
public record QueryScale(double growth, int positions) {

    /** Queries are as they were rotated. */
    public static final QueryScale NONE = new QueryScale(0, 1);
}
