package dev.anneal.service.platform.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * Work for which a trigger of the database adds a task to {@code scheduled_tasks}, in the transaction that writes what the work is about. One of the processes
 * with the role {@code api} does each task; if that process dies, another one does it.
 *
 * @param name as the trigger writes it
 * @param concurrency most tasks that a process does at a time. Further ones wait for a few seconds, and keep no other chore waiting
 * @param lastWait how long the end of a process waits for a task before it interrupts it
 * @param run takes the task's id, as the trigger writes it, and returns when to do it again, or nothing if it is finished. A task that throws is done again
 *     half a minute later
 */
public record TriggeredChore(
        String name, int concurrency, Duration lastWait, Function<String, Optional<Instant>> run) {}
