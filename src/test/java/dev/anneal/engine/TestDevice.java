package dev.anneal.engine;

/** Where the engine's tests compute: the CPU, or what {@code -Danneal.test.device=cuda:0} says. */
public final class TestDevice {

    /** {@code cpu} or {@code cuda:N}. */
    public static final String NAME = System.getProperty("anneal.test.device", "cpu");

    /**
     * CUDA's matrices add in another order than the CPU's, for which the bounds were measured. Chosen, not measured: no
     * GPU was at hand.
     */
    private static final double OTHER_ORDER = 4;

    private TestDevice() {}

    /** Bound of what fp32 arithmetic may differ by on this device. */
    public static double tolerance(double onCpu) {
        return NAME.equals("cpu") ? onCpu : OTHER_ORDER * onCpu;
    }
}
