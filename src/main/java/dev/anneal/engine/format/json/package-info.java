/** What is wrong with a text that should be JSON, in words for its author. */
@NamedInterface
@NullMarked
package dev.anneal.engine.format.json;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
