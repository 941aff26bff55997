/**
 * Losses of preference and reinforcement learning as functions of log-probabilities, with gradients, and how often
 * draft tokens are accepted. fp64, JDK only.
 */
@NamedInterface
@NullMarked
package dev.anneal.engine.math.objective;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
