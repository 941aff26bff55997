package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.Tensor;

/**
 * By which angles tokens are turned.
 *
 * @param cos cosines, [N, 1, D / 2]
 * @param sin sines of the same shape
 */
public record Turns(Tensor cos, Tensor sin) {}
