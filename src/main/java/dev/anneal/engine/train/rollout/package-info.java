/** Completions of prompts: sampled from the policy as it stands, graded, and what they are worth beside their group. */
@NamedInterface
@NullMarked
package dev.anneal.engine.train.rollout;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
