/** The safetensors file format: a mapped reader that checks every bound, a writer, and sharded directories. No tensors. */
@ApplicationModule(allowedDependencies = {"file", "json"})
@NullMarked
package dev.anneal.engine.safetensors;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
