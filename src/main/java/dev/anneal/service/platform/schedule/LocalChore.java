package dev.anneal.service.platform.schedule;

import java.time.Duration;

/**
 * Recurring work that each process with the bean does for itself. A failed run is logged, and the next one runs as
 * scheduled.
 *
 * @param initialDelay from the start of the process to the first run
 * @param interval from the end of a run to the start of the next
 * @param run has a thread of its own, so it delays no other chore
 */
public record LocalChore(Duration initialDelay, Duration interval, Runnable run) {

    /** A chore whose first run is at the start of the process. */
    public LocalChore(Duration interval, Runnable run) {
        this(Duration.ZERO, interval, run);
    }
}
