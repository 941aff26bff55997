/** Frozen matrices in 4 bits (NF4, as bitsandbytes writes them): quantising, reading, and turning back. */
@NamedInterface
package dev.anneal.engine.network.nf4;

import org.springframework.modulith.NamedInterface;
