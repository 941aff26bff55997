/** What preference and reinforcement learning minimise, as functions of log-probabilities, with their gradients. Arithmetic in fp64, JDK only. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.engine.objective;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
