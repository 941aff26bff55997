package dev.anneal.engine.network.torch;

import java.util.function.BooleanSupplier;

/**
 * Waiting of compute threads for each other, which an interrupt does not end: native code may run on what they share.
 */
public final class Monitors {

    private Monitors() {}

    /**
     * Waits until a condition holds. An interrupt stays set.
     *
     * @param monitor notified after each change; held while the condition is evaluated
     */
    public static void await(Object monitor, BooleanSupplier condition) {
        boolean interrupted = false;
        synchronized (monitor) {
            while (!condition.getAsBoolean()) {
                try {
                    monitor.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
