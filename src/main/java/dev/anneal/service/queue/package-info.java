/**
 * The queue in Postgres as requests see it: work items and their states, what a client may do in each of them, and what is shown of the
 * whole queue.
 *
 * <p>{@link dev.anneal.service.queue.WorkQueue} is what clients' requests do with work, {@link dev.anneal.service.queue.QueueNumbers} what
 * is shown of the whole queue. What workers do with work is {@code service.lease}.
 */
@ApplicationModule(allowedDependencies = {"access :: quota", "platform :: database", "platform :: refusal"})
@NullMarked
package dev.anneal.service.queue;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
