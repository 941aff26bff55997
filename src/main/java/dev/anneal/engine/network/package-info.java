/**
 * Decoders as tensor programs: model configuration, layers and gradients, adapters, draft heads, and decoding. Only
 * {@code network.torch} uses DJL.
 */
@ApplicationModule(allowedDependencies = {"format :: *", "math :: *"})
@NullMarked
package dev.anneal.engine.network;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
