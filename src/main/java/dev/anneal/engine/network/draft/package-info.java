/**
 * Draft heads of speculative decoding: EAGLE-1 and EAGLE-3, their training passes with hand-derived gradients, and
 * drafting.
 */
@NamedInterface
@NullMarked
package dev.anneal.engine.network.draft;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
