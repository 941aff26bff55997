package dev.anneal.engine.network.model;

/**
 * Options of a forward and backward pass.
 *
 * @param recompute whether a layer's activations are recomputed in its backward pass, with the same bits, instead of
 *     kept: only the layer's input, [N, H], stays in memory
 * @param betweenLayers called before each layer, forward and backward; an exception of it ends the pass and is
 *     rethrown; gradients are then partly overwritten
 */
public record PassControl(boolean recompute, Runnable betweenLayers) {}
