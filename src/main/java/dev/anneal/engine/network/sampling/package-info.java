/** Tokens that are drawn, and the answers that they make. */
@NamedInterface
package dev.anneal.engine.network.sampling;

import org.springframework.modulith.NamedInterface;
