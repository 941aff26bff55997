/** Weights row by row, with and without the adapter, in the types that files have. */
@NamedInterface
@NullMarked
package dev.anneal.engine.export.weight;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
