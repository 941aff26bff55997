/** Meter names and the meters of the service and of what each worker trains now. */
@NamedInterface
@NullMarked
package dev.anneal.service.operations.metrics;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
