package dev.anneal.service.platform.schedule;

import java.time.Duration;

/**
 * Recurring work that one of the processes with the role {@code api} does for all. If it dies, another one repeats the
 * run; a failed run is logged, and the next one runs as scheduled.
 *
 * @param name unique key in the table of tasks, the same in all versions
 * @param interval from the end of a run to the start of the next, in any process
 * @param run may be interrupted and repeated
 */
public record RecurringChore(String name, Duration interval, Runnable run) {}
