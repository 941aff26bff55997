/** Faults of data sets: where they are, what is wrong, and what to do. */
@NamedInterface
@NullMarked
package dev.anneal.engine.text.fault;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
