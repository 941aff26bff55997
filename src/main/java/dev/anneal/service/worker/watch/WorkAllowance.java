package dev.anneal.service.worker.watch;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much work a worker still takes before it exits, limited by a number of items and by idle time. Slots ask before
 * they claim, and report the outcome. Thread-safe.
 */
public final class WorkAllowance {

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
     * @param maxWork maximum number of items; 0 for no limit
     * @param maxIdle maximum idle time; null to wait forever
     * @param whenUsedUp run once, on a slot's thread, so it must not wait for that thread
     */
    WorkAllowance(int maxWork, @Nullable Duration maxIdle, LongSupplier nanoTime, Runnable whenUsedUp) {
        this.maxWork = maxWork;
        this.maxIdle = maxIdle;
        this.nanoTime = nanoTime;
        this.whenUsedUp = whenUsedUp;
        this.idleSinceNanos = nanoTime.getAsLong();
    }

    /** Whether an item may be claimed now. If so, {@link #putBack} or {@link #ended} must follow. */
    public synchronized boolean take() {
        if (usedUp || (maxWork > 0 && taken == maxWork)) {
            return false;
        }
        taken++;
        return true;
    }

    /** Whether further items may be claimed, now or once others have ended. */
    public synchronized boolean isOpen() {
        return !usedUp && (maxWork == 0 || taken < maxWork);
    }

    /** Called if there was nothing to claim. */
    public void putBack() {
        settle(() -> taken--);
    }

    /**
     * @param exitCode exit code of the item's engine process
     */
    public void ended(int exitCode) {
        settle(() -> {
            ended++;
            lastExitCode = OptionalInt.of(exitCode);
            idleSinceNanos = nanoTime.getAsLong();
        });
    }

    /** Exit code of the worker's process: the last item's code if the number of items is limited, otherwise empty. */
    public synchronized OptionalInt exitCode() {
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
