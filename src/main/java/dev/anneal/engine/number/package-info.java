/** Floating-point formats of 16 bits, which Java 17 does not know. JDK only. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.engine.number;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
