/** File formats and durable files: safetensors, GGUF and JSON. No tensors, no models. */
@ApplicationModule(allowedDependencies = {"math :: number"})
@NullMarked
package dev.anneal.engine.format;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
