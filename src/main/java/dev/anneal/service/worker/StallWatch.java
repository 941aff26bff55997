package dev.anneal.service.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Decides when a process that makes no progress counts as hung: after {@code factor} times the median of its last steps, but never
 * before a shortest time, because a validation pass or a slow disk is no hang. Thread-safe.
 */
final class StallWatch {

    private static final int STEPS = 51;

    private final Duration startTimeout;
    private final Duration shortest;
    private final double factor;
    private final Deque<Double> lastSeconds = new ArrayDeque<>();
    private boolean stepped;
    private long lastProgressNanos;

    /** @param startedNanos when the process was started */
    StallWatch(Duration startTimeout, Duration shortest, double factor, long startedNanos) {
        this.startTimeout = startTimeout;
        this.shortest = shortest;
        this.factor = factor;
        this.lastProgressNanos = startedNanos;
    }

    /** For work without steps: it may take {@code timeout} in all. */
    static StallWatch withoutSteps(Duration timeout, long startedNanos) {
        return new StallWatch(timeout, timeout, 1, startedNanos);
    }

    /** A step has ended. */
    synchronized void step(double seconds, long nowNanos) {
        stepped = true;
        lastProgressNanos = nowNanos;
        lastSeconds.addLast(seconds);
        if (lastSeconds.size() > STEPS) {
            lastSeconds.removeFirst();
        }
    }

    /** Something other than a step has happened: a checkpoint, a validation pass. */
    synchronized void alive(long nowNanos) {
        if (stepped) {
            lastProgressNanos = nowNanos;
        }
    }

    /** Without progress for this long the process hangs. */
    synchronized Duration limit() {
        if (!stepped) {
            return startTimeout;
        }
        double median = lastSeconds.stream()
                .sorted()
                .skip(lastSeconds.size() / 2)
                .findFirst()
                .orElse(0.0);
        Duration ofMedian = Duration.ofMillis(Math.round(1000 * factor * median));
        return ofMedian.compareTo(shortest) > 0 ? ofMedian : shortest;
    }

    /** Why the process is to be ended now, if it is. */
    synchronized Optional<StopReason> verdict(long nowNanos) {
        if (nowNanos - lastProgressNanos <= limit().toNanos()) {
            return Optional.empty();
        }
        return Optional.of(stepped ? StopReason.NO_PROGRESS : StopReason.NO_START);
    }
}
