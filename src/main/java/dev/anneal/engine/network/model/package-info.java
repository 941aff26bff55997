/** Decoders in tensors: weights, frozen or trained, layers and their hand-derived gradients, key-value caches. */
@NamedInterface
package dev.anneal.engine.network.model;

import org.springframework.modulith.NamedInterface;
