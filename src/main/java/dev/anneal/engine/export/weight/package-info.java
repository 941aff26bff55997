/** Weights row by row, with and without the adapter, in the types that files have. */
@NamedInterface
package dev.anneal.engine.export.weight;

import org.springframework.modulith.NamedInterface;
