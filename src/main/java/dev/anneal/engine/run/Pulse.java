package dev.anneal.engine.run;

import dev.anneal.protocol.Progress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Called by a task without steps between two parts of its work: ends it if it is to stop, and regularly reports a sign
 * of life.
 */
final class Pulse implements Runnable {

    /** Far shorter than any time after which a process counts as hung. */
    static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Signals signals;
    private final Consumer<Progress> progress;
    private final long intervalNanos;
    private final AtomicLong lastNanos;

    /**
     * @param interval minimum time between two signs of life
     */
    Pulse(Signals signals, Consumer<Progress> progress, Duration interval) {
        this.signals = signals;
        this.progress = progress;
        this.intervalNanos = interval.toNanos();
        this.lastNanos = new AtomicLong(System.nanoTime() - intervalNanos);
    }

    /** May be called by any thread, at any rate. */
    @Override
    public void run() {
        signals.throwIfStopping();
        long now = System.nanoTime();
        long last = lastNanos.get();
        if (now - last >= intervalNanos && lastNanos.compareAndSet(last, now)) {
            progress.accept(new Progress.Working());
        }
    }
}
