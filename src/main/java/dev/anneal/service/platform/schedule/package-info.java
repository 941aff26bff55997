/**
 * Background work, declared as beans: a {@link RecurringChore} or {@link TriggeredChore} is done by one process for
 * all, coordinated by db-scheduler's table {@code scheduled_tasks}; a {@link LocalChore} by each process for itself.
 */
@NamedInterface
package dev.anneal.service.platform.schedule;

import org.springframework.modulith.NamedInterface;
