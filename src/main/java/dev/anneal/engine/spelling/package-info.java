/** Which known name is meant by a misspelt one: of keys, parameters, settings and models. JDK only. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.engine.spelling;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
