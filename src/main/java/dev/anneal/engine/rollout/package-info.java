/** Completions of prompts: sampled from the policy as it stands, graded, and what they are worth beside their group. */
@ApplicationModule(allowedDependencies = {"data", "generate", "grade", "math :: objective", "math :: random", "model"})
@NullMarked
package dev.anneal.engine.rollout;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
