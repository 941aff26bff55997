/**
 * The queue in Postgres: states of work, fair claim, leases with fencing tokens, retries, rescue.
 *
 * <p>{@link dev.anneal.service.queue.WorkQueue} is what clients' requests do with work, {@link dev.anneal.service.queue.Leases} what
 * workers do, {@link dev.anneal.service.queue.QueueNumbers} what is shown of the whole queue.
 */
@ApplicationModule(allowedDependencies = {"database", "refusal"})
@NullMarked
package dev.anneal.service.queue;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
