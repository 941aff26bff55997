package dev.anneal.engine.network.model;

/**
 * What a pass has to do with a prefix.
 *
 * @param isPart whether the pass computes the prefix's next tokens; otherwise its rows continue the whole prefix
 * @param turn position, from 0, among the passes that add gradients to the prefix
 */
public record Continuation(SharedPrefix prefix, boolean isPart, int turn) {}
