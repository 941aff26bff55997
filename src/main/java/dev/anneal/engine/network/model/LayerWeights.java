package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.Tensor;
import java.util.List;

/**
 * Matrices of a layer.
 *
 * @param frozen as {@link DecoderTensors#layers} has them
 * @param adapter as {@link AppliedAdapter#layers} holds them
 */
record LayerWeights(List<Tensor> frozen, List<Tensor> adapter) {}
