/** The training loop: batches in, adapter and progress out; optimizer, schedules, checkpoints. */
@ApplicationModule(
        allowedDependencies = {
            "format :: file",
            "format :: safetensors",
            "grade",
            "math :: objective",
            "math :: random",
            "network :: architecture",
            "network :: generate",
            "network :: lora",
            "network :: model",
            "network :: torch",
            "text :: data"
        })
@NullMarked
package dev.anneal.engine.train;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
