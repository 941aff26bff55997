package dev.anneal.engine.run;

import dev.anneal.protocol.Progress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** What a task without steps does between two parts of its work: it ends if it is to stop, and shows now and then that it is at work. */
final class Pulse implements Runnable {

    /** Many fit into any time after which a process counts as hung. */
    static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Signals signals;
    private final Consumer<Progress> progress;
    private final long intervalNanos;
    private final AtomicLong lastNanos;

    /** @param interval shortest time between two signs of life */
    Pulse(Signals signals, Consumer<Progress> progress, Duration interval) {
        this.signals = signals;
        this.progress = progress;
        this.intervalNanos = interval.toNanos();
        this.lastNanos = new AtomicLong(System.nanoTime() - intervalNanos);
    }

    /** May be called by any thread, as often as there is work done. */
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
