/** Decoding with a key-value cache: greedy or sampled, several sequences at a time. */
@NamedInterface
@NullMarked
package dev.anneal.engine.network.generate;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
