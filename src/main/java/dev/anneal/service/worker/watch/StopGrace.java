package dev.anneal.service.worker.watch;

import java.time.Duration;
import org.apache.commons.lang3.ObjectUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a process may take to stop: a minimum, plus twice what its last step and its last checkpoint took, because
 * it finishes a step and saves before it exits. Thread-safe.
 */
public final class StopGrace {

    private static final Logger LOG = LoggerFactory.getLogger(StopGrace.class);

    private static final int SAFETY = 2;

    private final Duration shortest;
    private final Duration longest;
    private Duration step = Duration.ZERO;
    private Duration save = Duration.ZERO;
    private Duration store = Duration.ZERO;
    private boolean warned;

    /**
     * @param shortest for a process that has not saved yet
     * @param longest for a shutdown, after which the platform kills the worker
     */
    public StopGrace(Duration shortest, Duration longest) {
        this.shortest = shortest;
        this.longest = longest;
    }

    /** A step has ended. */
    public synchronized void stepped(double seconds) {
        step = Duration.ofMillis(Math.round(1000 * seconds));
    }

    /** The process has saved a checkpoint. */
    public synchronized void saved(double seconds) {
        save = Duration.ofMillis(Math.round(1000 * seconds));
    }

    /** The worker has stored a checkpoint. */
    public synchronized void stored(Duration took) {
        store = took;
        Duration needed = step.plus(save).plus(store);
        Duration safe = needed.multipliedBy(SAFETY);
        if (!warned && safe.compareTo(longest) > 0) {
            warned = true;
            LOG.warn(
                    "A step and a checkpoint take {} here; a worker that shuts down may lose the steps since the last"
                            + " checkpoint unless anneal.worker.longest-stop-grace, now {}, is at least {} (in"
                            + " the chart:"
                            + " worker.terminationGracePeriodSeconds)",
                    needed,
                    longest,
                    safe);
        }
    }

    /** How long the process may take after a client's wish. */
    public synchronized Duration ofProcess() {
        return shortest.plus(step.plus(save).multipliedBy(SAFETY));
    }

    /** How long the attempt may take in a shutdown, until its last checkpoint is stored. */
    public synchronized Duration ofShutdown() {
        return ObjectUtils.min(wanted(), longest);
    }

    private Duration wanted() {
        return ofProcess().plus(store.multipliedBy(SAFETY));
    }
}
