/** Floating-point formats of 16 bits, which Java 17 does not know. JDK only. */
@NamedInterface
@NullMarked
package dev.anneal.engine.math.number;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
