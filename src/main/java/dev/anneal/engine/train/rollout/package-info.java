/** Rollouts: completions sampled from the current policy, graded, and compared within their group. */
@NamedInterface
@NullMarked
package dev.anneal.engine.train.rollout;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
