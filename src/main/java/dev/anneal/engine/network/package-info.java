/**
 * Decoders as tensor programs: model configuration, layers and gradients, adapters, draft heads, and decoding. Only
 * {@code network.torch} uses DJL.
 */
@ApplicationModule(allowedDependencies = {"format :: *", "math :: *"})
package dev.anneal.engine.network;

import org.springframework.modulith.ApplicationModule;
