package dev.anneal.service.worker;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much work a worker still takes before it ends: a number of items, and no longer than a time without work. Slots ask before they claim, and
 * report the outcome. Thread-safe.
 */
final class WorkAllowance {

    private final int maxWork;
    private final @Nullable Duration maxIdle;
    private final LongSupplier nanoTime;
    private final Runnable whenUsedUp;
    private int taken;
    private int ended;
    private long idleSinceNanos;
    private boolean usedUp;
    private OptionalInt lastExitCode = OptionalInt.empty();

    /**
     * @param maxWork 0 for no limit
     * @param maxIdle null to wait forever
     * @param whenUsedUp run once, on a slot's thread, for which it must not wait
     */
    WorkAllowance(int maxWork, @Nullable Duration maxIdle, LongSupplier nanoTime, Runnable whenUsedUp) {
        this.maxWork = maxWork;
        this.maxIdle = maxIdle;
        this.nanoTime = nanoTime;
        this.whenUsedUp = whenUsedUp;
        this.idleSinceNanos = nanoTime.getAsLong();
    }

    /** Whether an item may be claimed now. It is then either put back, as there was none, or its end is told. */
    synchronized boolean take() {
        if (usedUp || (maxWork > 0 && taken == maxWork)) {
            return false;
        }
        taken++;
        return true;
    }

    /** There was nothing to claim. */
    void putBack() {
        settle(() -> taken--);
    }

    /** @param exitCode of the item's engine process */
    void ended(int exitCode) {
        settle(() -> {
            ended++;
            lastExitCode = OptionalInt.of(exitCode);
            idleSinceNanos = nanoTime.getAsLong();
        });
    }

    /** Exit code of the worker's process: the last item's code if the number of items is limited, else empty. */
    synchronized OptionalInt exitCode() {
        return maxWork > 0 ? lastExitCode : OptionalInt.empty();
    }

    private void settle(Runnable change) {
        boolean over;
        synchronized (this) {
            change.run();
            over = !usedUp && (isDone() || isIdleTooLong());
            usedUp |= over;
        }
        if (over) {
            whenUsedUp.run();
        }
    }

    private boolean isDone() {
        return maxWork > 0 && ended == maxWork;
    }

    private boolean isIdleTooLong() {
        return maxIdle != null && taken == ended && nanoTime.getAsLong() - idleSinceNanos >= maxIdle.toNanos();
    }
}
