/** The training loop: batches in, adapter and progress out; optimizer, schedules, checkpoints. */
@ApplicationModule(
        allowedDependencies = {
            "architecture",
            "format :: file",
            "format :: safetensors",
            "generate",
            "grade",
            "lora",
            "math :: objective",
            "model",
            "rollout",
            "text :: data",
            "torch"
        })
@NullMarked
package dev.anneal.engine.train;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
