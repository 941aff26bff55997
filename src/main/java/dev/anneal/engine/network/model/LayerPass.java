package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.Tensor;
import java.util.List;

/**
 * A layer between forward and backward.
 *
 * @param saved tensors that the forward pass saved
 * @param gradients fp32 tensors for the gradients: A and B of each group, B without the zeros of its block matrix
 * @param weightGradients tensors for the gradients of the layer's own weights; empty if they are frozen
 */
record LayerPass(List<Tensor> saved, List<Tensor> gradients, List<Tensor> weightGradients) {}
