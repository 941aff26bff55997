/**
 * Work in the background. A bean is found by its type: {@link RecurringChore} and {@link TriggeredChore} are done by one process for all, which db-scheduler's
 * table {@code scheduled_tasks} arranges; {@link LocalChore} is done by each process for itself.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.schedule;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
