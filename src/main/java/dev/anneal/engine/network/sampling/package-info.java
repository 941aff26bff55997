/** Tokens that are drawn, and the answers that they make. */
@NamedInterface
@NullMarked
package dev.anneal.engine.network.sampling;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
