/** Decoders in tensors: weights, frozen or trained, layers and their hand-derived gradients, key-value caches. */
@NamedInterface
@NullMarked
package dev.anneal.engine.network.model;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
