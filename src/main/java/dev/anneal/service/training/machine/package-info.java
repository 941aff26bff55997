/** What workers have measured of their machines. */
@NamedInterface
@NullMarked
package dev.anneal.service.training.machine;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
