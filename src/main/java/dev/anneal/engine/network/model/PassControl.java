package dev.anneal.engine.network.model;

/**
 * How a forward and backward pass goes.
 *
 * @param recompute whether a layer's activations are computed again for its backward, with the same bits, instead of kept: of a layer only its input, [N,
 *     H], stays in memory
 * @param betweenLayers called before each layer, forward and backward; what it throws ends the pass and comes out of it, and gradients are overwritten in
 *     part
 */
public record PassControl(boolean recompute, Runnable betweenLayers) {}
