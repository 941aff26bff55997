package dev.anneal.engine.network.lora;

/**
 * Effects of merging on the elements of frozen weights.
 *
 * @param elements number of merged weights
 * @param deltas number of them that the adapter changes, in fp32
 * @param unchanged number of them with their old value after rounding
 * @param sumError sum of the rounding errors of the cast
 * @param maxError largest of them
 * @param nonFinite number of merged weights that are not finite
 */
public record MergeTally(long elements, long deltas, long unchanged, double sumError, double maxError, long nonFinite) {

    public static final MergeTally NOTHING = new MergeTally(0, 0, 0, 0, 0, 0);

    public MergeTally plus(MergeTally other) {
        return new MergeTally(
                elements + other.elements,
                deltas + other.deltas,
                unchanged + other.unchanged,
                sumError + other.sumError,
                Math.max(maxError, other.maxError),
                nonFinite + other.nonFinite);
    }

    public double meanError() {
        return elements == 0 ? 0 : sumError / elements;
    }

    /** Share of the weights with their old value after rounding. */
    public double unchangedFraction() {
        return elements == 0 ? 0 : (double) unchanged / elements;
    }
}
