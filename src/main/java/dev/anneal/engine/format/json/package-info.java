/** What is wrong with a text that should be JSON, said in words of our own. */
@NamedInterface
@NullMarked
package dev.anneal.engine.format.json;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
