package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.Tensor;

/**
 * A micro-batch in the form for layers.
 *
 * @param positions of the tokens in their sequences, [N] int64
 * @param cos cosines of the tokens' positions, [N, 1, D / 2]
 * @param sin sines of the same shape
 */
record Batch(TokenRows rows, Tensor positions, Tensor cos, Tensor sin) {}
