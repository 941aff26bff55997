/**
 * Arithmetic without tensors: random numbers by place, floating-point formats of 16 bits, and the objectives of preference and reinforcement learning.
 * JDK only.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package dev.anneal.engine.math;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
