/** The safetensors file format: a mapped reader that checks every bound, a writer, and sharded directories. JDK only. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.engine.safetensors;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
