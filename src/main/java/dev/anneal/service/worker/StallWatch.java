package dev.anneal.service.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a process that makes no progress counts as hung: after {@code factor} times the median of its last steps, but never
 * before a shortest time, because a slow disk is no hang. A step that keeps reporting finished layers may take any time. Work
 * without steps may take that shortest time between two signs of life, and a time in all. Thread-safe.
 */
final class StallWatch {

    private static final int STEPS = 51;

    private final Duration startTimeout;
    private final Duration shortest;
    private final double factor;
    private final @Nullable Duration timeLimit;
    private final long startedNanos;
    private final Deque<Double> lastSeconds = new ArrayDeque<>();
    private boolean begun;
    private long lastProgressNanos;

    /** @param startedNanos when the process was started */
    StallWatch(Duration startTimeout, Duration shortest, double factor, long startedNanos) {
        this(startTimeout, shortest, factor, null, startedNanos);
    }

    private StallWatch(
            Duration startTimeout, Duration shortest, double factor, @Nullable Duration timeLimit, long startedNanos) {
        this.startTimeout = startTimeout;
        this.shortest = shortest;
        this.factor = factor;
        this.timeLimit = timeLimit;
        this.startedNanos = startedNanos;
        this.lastProgressNanos = startedNanos;
    }

    /** @param timeLimit how long the work may take in all */
    static StallWatch withoutSteps(Duration startTimeout, Duration shortest, Duration timeLimit, long startedNanos) {
        return new StallWatch(startTimeout, shortest, 1, timeLimit, startedNanos);
    }

    /** A step has ended. */
    synchronized void step(double seconds, long nowNanos) {
        begun = true;
        lastProgressNanos = nowNanos;
        lastSeconds.addLast(seconds);
        if (lastSeconds.size() > STEPS) {
            lastSeconds.removeFirst();
        }
    }

    /**
     * The process computes, also within a step or in the validation that a resumed training may begin with: its start is over, and it does not
     * hang now.
     */
    synchronized void computing(long nowNanos) {
        begun = true;
        lastProgressNanos = nowNanos;
    }

    /** Something else has happened: a checkpoint, a validation's result, the end of work without steps. */
    synchronized void alive(long nowNanos) {
        begun |= timeLimit != null;
        if (begun) {
            lastProgressNanos = nowNanos;
        }
    }

    /** Without progress for this long the process hangs. */
    synchronized Duration limit() {
        if (!begun) {
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
        if (timeLimit != null && nowNanos - startedNanos > timeLimit.toNanos()) {
            return Optional.of(StopReason.TIME_LIMIT);
        }
        if (nowNanos - lastProgressNanos <= limit().toNanos()) {
            return Optional.empty();
        }
        return Optional.of(begun ? StopReason.NO_PROGRESS : StopReason.NO_START);
    }
}
