/** Main class of an engine process: reads the task, runs it, speaks the protocol. */
@ApplicationModule(
        allowedDependencies = {
            "architecture",
            "data",
            "evaluate",
            "export",
            "format :: file",
            "format :: safetensors",
            "grade",
            "lora",
            "model",
            "peft",
            "rollout",
            "rows",
            "serve",
            "template",
            "tokens",
            "torch",
            "train"
        })
@NullMarked
package dev.anneal.engine.run;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
