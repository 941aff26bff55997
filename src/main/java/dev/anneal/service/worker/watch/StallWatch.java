package dev.anneal.service.worker.watch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.apache.commons.lang3.ObjectUtils;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a process without progress counts as hung: after {@code factor} times the median of its last steps, but
 * not before a minimum time, because a slow disk is not a hang. A step that keeps reporting layers may take any time.
 * Work without steps may take the minimum time between two signs of life, and has a total time limit. Thread-safe.
 */
public final class StallWatch {

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
    public StallWatch(Duration startTimeout, Duration shortest, double factor, long startedNanos) {
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

    /**
     * @param timeLimit total time limit of the work
     */
    static StallWatch withoutSteps(Duration startTimeout, Duration shortest, Duration timeLimit, long startedNanos) {
        return new StallWatch(startTimeout, shortest, 1, timeLimit, startedNanos);
    }

    /** A step has ended. */
    public synchronized void step(double seconds, long nowNanos) {
        begun = true;
        lastProgressNanos = nowNanos;
        lastSeconds.addLast(seconds);
        if (lastSeconds.size() > STEPS) {
            lastSeconds.removeFirst();
        }
    }

    /** The process has reported work, also within a step or an initial validation: it has started and does not hang. */
    public synchronized void computing(long nowNanos) {
        begun = true;
        lastProgressNanos = nowNanos;
    }

    /** Another event: a checkpoint, a validation's result, or the end of work without steps. */
    public synchronized void alive(long nowNanos) {
        begun |= timeLimit != null;
        if (begun) {
            lastProgressNanos = nowNanos;
        }
    }

    /** Time without progress after which the process counts as hung. */
    public synchronized Duration limit() {
        if (!begun) {
            return startTimeout;
        }
        double median = lastSeconds.stream()
                .sorted()
                .skip(lastSeconds.size() / 2)
                .findFirst()
                .orElse(0.0);
        Duration ofMedian = Duration.ofMillis(Math.round(1000 * factor * median));
        return ObjectUtils.max(ofMedian, shortest);
    }

    /** Why the process must be stopped now, if so. */
    public synchronized Optional<StopReason> verdict(long nowNanos) {
        if (timeLimit != null && nowNanos - startedNanos > timeLimit.toNanos()) {
            return Optional.of(StopReason.TIME_LIMIT);
        }
        if (nowNanos - lastProgressNanos <= limit().toNanos()) {
            return Optional.empty();
        }
        return Optional.of(begun ? StopReason.NO_PROGRESS : StopReason.NO_START);
    }
}
