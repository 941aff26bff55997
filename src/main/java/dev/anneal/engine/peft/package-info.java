/** LoRA adapters that PEFT saved elsewhere, as an uploaded archive: every bound checked, nothing believed, no tensors. */
@ApplicationModule(allowedDependencies = {"architecture", "format :: json", "format :: safetensors", "math :: number"})
@NullMarked
package dev.anneal.engine.peft;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
