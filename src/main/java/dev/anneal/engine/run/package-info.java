/** Main class of an engine process: reads the task, runs it, speaks the protocol. */
@ApplicationModule(
        allowedDependencies = {
            "export",
            "format :: file",
            "format :: safetensors",
            "grade",
            "math :: random",
            "network :: architecture",
            "network :: generate",
            "network :: lora",
            "network :: model",
            "network :: peft",
            "network :: torch",
            "text :: data",
            "text :: rows",
            "text :: template",
            "text :: tokens",
            "train",
            "train :: rollout"
        })
@NullMarked
package dev.anneal.engine.run;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
