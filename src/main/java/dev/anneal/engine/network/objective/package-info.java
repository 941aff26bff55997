/** What a pass over tokens is for: its rows, its targets, and its loss. */
@NamedInterface
package dev.anneal.engine.network.objective;

import org.springframework.modulith.NamedInterface;
