/** Completions of prompts: sampled from the policy as it stands, graded, and what they are worth beside their group. */
@ApplicationModule(
        allowedDependencies = {
            "grade",
            "math :: objective",
            "math :: random",
            "network :: generate",
            "network :: model",
            "text :: data"
        })
@NullMarked
package dev.anneal.engine.rollout;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
