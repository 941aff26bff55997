/**
 * The queue in PostgreSQL as requests see it: work items and their states, what a client may do in each of them, and what is shown of the whole queue.
 * What workers do with work is {@code service.queue.lease}.
 */
@ApplicationModule(allowedDependencies = {"access :: *", "platform :: *"})
@NullMarked
package dev.anneal.service.queue;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
