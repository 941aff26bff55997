/** Faults of data sets: where they are, what is wrong, and what to do. */
@NamedInterface
package dev.anneal.engine.text.fault;

import org.springframework.modulith.NamedInterface;
