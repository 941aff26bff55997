/**
 * Decoders in tensors: what a model's configuration means, its layers and gradients, adapters on it, and decoding. {@code network.torch} alone knows
 * DJL.
 */
@ApplicationModule(allowedDependencies = {"format :: *", "math :: *"})
@NullMarked
package dev.anneal.engine.network;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
