package dev.anneal.service.platform.schedule;

import java.time.Duration;

/**
 * Work that one of the processes with the role {@code api} does for all of them, again and again. If that process dies, another one begins the run anew; a run
 * that fails is logged, and the next one comes at its time.
 *
 * @param name key in the table of tasks: no two chores have the same, and it stays the same from version to version
 * @param interval from the end of a run to the beginning of the next, whichever process makes it
 * @param run may be cut off and repeated
 */
public record RecurringChore(String name, Duration interval, Runnable run) {}
