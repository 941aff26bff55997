/** What a pass over tokens is for: its rows, its targets, and its loss. */
@NamedInterface
@NullMarked
package dev.anneal.engine.network.objective;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
