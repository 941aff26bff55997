/** Random numbers that are functions of their place, the same on every machine. JDK only. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.engine.random;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
