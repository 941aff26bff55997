/**
 * Arithmetic without tensors: addressable random numbers, 16-bit floating-point formats, and the objectives of
 * preference and reinforcement learning. JDK only.
 */
@ApplicationModule(allowedDependencies = {})
package dev.anneal.engine.math;

import org.springframework.modulith.ApplicationModule;
