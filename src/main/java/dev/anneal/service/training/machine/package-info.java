/** Measurements of workers' machines. */
@NamedInterface
@NullMarked
package dev.anneal.service.training.machine;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
