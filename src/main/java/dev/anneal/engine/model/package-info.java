/** Decoders in tensors: weights, frozen or trained, layers and their hand-derived gradients, key-value caches. */
@ApplicationModule(allowedDependencies = {"architecture", "format :: safetensors", "math :: random", "torch"})
@NullMarked
package dev.anneal.engine.model;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
