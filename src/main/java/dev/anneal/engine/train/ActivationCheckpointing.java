package dev.anneal.engine.train;

/**
 * Whether activations are computed again for the backward instead of kept. The result has the same bits, so a training may go over to it at any step; every
 * layer's forward is then computed twice. Read by the compute threads.
 */
final class ActivationCheckpointing {

    private final boolean automatic;
    private volatile boolean on;

    /** @param setting {@code on}, {@code off} or {@code auto}, which begins without */
    ActivationCheckpointing(String setting) {
        this.automatic = setting.equals("auto");
        this.on = setting.equals("on");
    }

    boolean isOn() {
        return on;
    }

    /** Goes over to it where that is left to the engine; false if that is not so, or if it was on already. */
    boolean turnOn() {
        boolean turned = automatic && !on;
        on |= turned;
        return turned;
    }
}
