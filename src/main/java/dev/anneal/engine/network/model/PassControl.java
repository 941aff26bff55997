package dev.anneal.engine.network.model;

/**
 * Options of a forward and backward pass.
 *
 * @param recompute whether a layer's activations are computed again for its backward, with the same bits, instead of kept: only the layer's input, [N, H],
 *     stays in memory
 * @param betweenLayers called before each layer, forward and backward; an exception of it ends the pass and is thrown by it; gradients are then partly
 *     overwritten
 */
public record PassControl(boolean recompute, Runnable betweenLayers) {}
