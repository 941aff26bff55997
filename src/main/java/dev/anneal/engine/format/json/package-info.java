/** Descriptions of faults in JSON for its author. */
@NamedInterface
@NullMarked
package dev.anneal.engine.format.json;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
