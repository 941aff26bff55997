package dev.anneal.engine.train.state;

/**
 * The widest annealing gap that a training has had so far.
 *
 * @param gap in the method's loss
 * @param beta at which it was measured
 * @param hasWarned whether a warning has told of a gap that grew
 */
public record WidestGap(double gap, double beta, boolean hasWarned) {

    /** Before the first measurement. */
    public static final WidestGap NONE = new WidestGap(0, 1, false);
}
