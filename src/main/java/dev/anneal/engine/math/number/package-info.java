/** 16-bit floating-point formats, which Java 17 lacks. JDK only. */
@NamedInterface
@NullMarked
package dev.anneal.engine.math.number;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
