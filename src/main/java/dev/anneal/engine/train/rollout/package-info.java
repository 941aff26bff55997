/** Rollouts: completions sampled from the current policy, graded, and compared within their group. */
@NamedInterface
package dev.anneal.engine.train.rollout;

import org.springframework.modulith.NamedInterface;
