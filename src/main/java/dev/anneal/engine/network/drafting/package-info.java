/** Where draft tokens come from, and how many of them were right. */
@NamedInterface
@NullMarked
package dev.anneal.engine.network.drafting;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
