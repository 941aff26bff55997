/** Deployable weights from a checkpoint, with the proof that they are the trained model. */
@ApplicationModule(
        allowedDependencies = {
            "architecture",
            "format :: file",
            "format :: gguf",
            "format :: safetensors",
            "lora",
            "model",
            "text :: data",
            "text :: rows",
            "text :: template",
            "text :: tokens",
            "torch"
        })
@NullMarked
package dev.anneal.engine.export;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
