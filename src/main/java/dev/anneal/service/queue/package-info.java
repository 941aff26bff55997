/**
 * The queue in PostgreSQL as requests see it: work items, their states, what a client may do in each state, and the view of the whole
 * queue. {@code service.queue.lease} holds what workers do with work.
 */
@ApplicationModule(allowedDependencies = {"access :: *", "platform :: *"})
@NullMarked
package dev.anneal.service.queue;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
