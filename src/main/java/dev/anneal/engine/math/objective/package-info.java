/**
 * Losses of preference and reinforcement learning as functions of log-probabilities, with gradients, and how often
 * draft tokens are accepted. fp64, JDK only.
 */
@NamedInterface
package dev.anneal.engine.math.objective;

import org.springframework.modulith.NamedInterface;
