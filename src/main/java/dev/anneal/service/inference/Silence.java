package dev.anneal.service.inference;

import java.time.Duration;

/**
 * How long a process has given no sign of life. Counts ticks of this process instead of time, so that a pause of this
 * one, whose signs then wait to be read, does not count. Thread-safe.
 */
final class Silence {

    private final Duration tick;
    private long ticks;

    /** @param tick time between two calls of {@link #tick} */
    Silence(Duration tick) {
        this.tick = tick;
    }

    /** There was a sign of life. */
    synchronized void end() {
        ticks = 0;
    }

    synchronized void tick() {
        ticks++;
    }

    synchronized Duration length() {
        return tick.multipliedBy(ticks);
    }
}
