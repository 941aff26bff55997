/** 16-bit floating-point formats, which Java 17 lacks. JDK only. */
@NamedInterface
package dev.anneal.engine.math.number;

import org.springframework.modulith.NamedInterface;
