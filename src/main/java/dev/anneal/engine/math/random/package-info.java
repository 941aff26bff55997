/** Random numbers as functions of seed and position, the same on every machine. JDK only. */
@NamedInterface
@NullMarked
package dev.anneal.engine.math.random;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
