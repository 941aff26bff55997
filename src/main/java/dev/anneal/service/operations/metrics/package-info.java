/** Metrics of the service and of current trainings, and their names. */
@NamedInterface
@NullMarked
package dev.anneal.service.operations.metrics;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
