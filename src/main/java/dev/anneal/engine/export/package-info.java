/** Deployable weights from a checkpoint, with the proof that they are the trained model. */
@ApplicationModule(
        allowedDependencies = {
            "format :: file",
            "format :: gguf",
            "format :: safetensors",
            "network :: architecture",
            "network :: lora",
            "network :: model",
            "network :: torch",
            "text :: data",
            "text :: rows",
            "text :: template",
            "text :: tokens"
        })
@NullMarked
package dev.anneal.engine.export;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
