/** Decoder architectures: configuration, weight names, frozen weights, layers and their hand-derived gradients. */
@ApplicationModule(allowedDependencies = {"random", "safetensors", "torch"})
@NullMarked
package dev.anneal.engine.model;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
