package dev.anneal.service.platform.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/**
 * Work whose tasks a database trigger adds to {@code scheduled_tasks}, in the transaction that writes the row it is
 * about. One of the processes with the role {@code api} does each task; if it dies, another one does.
 *
 * @param name name that the trigger writes
 * @param concurrency maximum number of concurrent tasks of a process. Further ones wait for a few seconds without
 *     delaying other chores
 * @param lastWait how long the shutdown of a process waits for a task before it interrupts it
 * @param run takes the task's id, as the trigger writes it, and returns when to run it again, or nothing if it is
 *     finished. A task that throws is run again half a minute later
 */
public record TriggeredChore(
        String name, int concurrency, Duration lastWait, Function<String, Optional<Instant>> run) {}
