/**
 * Draft heads of speculative decoding: EAGLE-1 and EAGLE-3, their training passes with hand-derived gradients, and
 * drafting.
 */
@NamedInterface
package dev.anneal.engine.network.draft;

import org.springframework.modulith.NamedInterface;
