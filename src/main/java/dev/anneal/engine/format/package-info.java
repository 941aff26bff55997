/** File formats and durable files: safetensors, GGUF and JSON. No tensors, no models. */
@ApplicationModule(allowedDependencies = "math :: *")
package dev.anneal.engine.format;

import org.springframework.modulith.ApplicationModule;
