/** Decoding with a key-value cache: greedy or sampled, several sequences at a time. */
@NamedInterface
package dev.anneal.engine.network.generate;

import org.springframework.modulith.NamedInterface;
