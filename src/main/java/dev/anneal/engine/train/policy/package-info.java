/** Reinforcement: rollouts become updates of the policy. */
@NullMarked
package dev.anneal.engine.train.policy;

import org.jspecify.annotations.NullMarked;
