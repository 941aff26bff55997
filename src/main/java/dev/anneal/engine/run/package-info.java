/** Main class of an engine process: reads the task, runs it, speaks the protocol. */
@ApplicationModule(
        allowedDependencies = {
            "architecture",
            "evaluate",
            "export",
            "format :: file",
            "format :: safetensors",
            "grade",
            "lora",
            "model",
            "peft",
            "rollout",
            "serve",
            "text :: data",
            "text :: rows",
            "text :: template",
            "text :: tokens",
            "torch",
            "train"
        })
@NullMarked
package dev.anneal.engine.run;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
