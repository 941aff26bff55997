/**
 * Tasks that db-scheduler runs: each in one of the processes at a time, and in another one if that dies. What the tasks are and in which table they are,
 * other modules say.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.schedule;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
