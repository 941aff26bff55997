package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.Tensor;
import java.util.List;

/**
 * The base model's tensors in the form that the program takes.
 *
 * @param embedding input embedding, [V, H]
 * @param layers for each layer: norm, fused q k v, o, norm, fused gate up, down; the biases of the four groups, each empty where it has none; the
 *     norm of queries and keys with a row for each of their heads, flat, or empty
 * @param norm final norm, [H]
 * @param head output embedding, [V, H]; the input embedding itself if they are tied
 */
record FrozenWeights(Tensor embedding, List<List<Tensor>> layers, Tensor norm, Tensor head) {

    FrozenWeights {
        layers = List.copyOf(layers);
    }
}
