package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.Tensor;

/**
 * By which angles tokens are turned.
 *
 * @param cos cosines of the R / 2 angles by which each head is turned, [N, 1, R / 2]; where queries grow with their
 *     position, those of each head, [N, heads + KV, R / 2]
 * @param sin sines of the same shape
 */
public record Turns(Tensor cos, Tensor sin) {}
