/** File formats and durable files: safetensors, GGUF and JSON. No tensors, no models. */
@ApplicationModule(allowedDependencies = "math :: *")
@NullMarked
package dev.anneal.engine.format;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
