package dev.anneal.service.platform.schedule;

import java.time.Duration;

/**
 * Work that each process which has the bean does for itself, again and again. A run that fails is logged, and the next one comes at its time.
 *
 * @param initialDelay from the start of the process to the first run
 * @param interval from the end of a run to the beginning of the next
 * @param run is brief: some threads do all of these chores, and what takes long has threads of its own
 */
public record LocalChore(Duration initialDelay, Duration interval, Runnable run) {

    /** Runs at the start of the process for the first time. */
    public LocalChore(Duration interval, Runnable run) {
        this(Duration.ZERO, interval, run);
    }
}
