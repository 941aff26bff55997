/** What preference and reinforcement learning minimise, as functions of log-probabilities, with their gradients. Arithmetic in fp64, JDK only. */
@NamedInterface
@NullMarked
package dev.anneal.engine.math.objective;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
