/**
 * The queue in PostgreSQL: work items, their states, the operations of requests in each state, and figures of the whole
 * queue. {@code service.queue.lease} has the operations of workers.
 */
@ApplicationModule(allowedDependencies = {"access :: *", "platform :: *"})
package dev.anneal.service.queue;

import org.springframework.modulith.ApplicationModule;
