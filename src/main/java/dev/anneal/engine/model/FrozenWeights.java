package dev.anneal.engine.model;

import dev.anneal.engine.torch.Tensor;
import java.util.List;

/**
 * The base model's tensors as the program takes them.
 *
 * @param embedding input embedding, [V, H]
 * @param layers for each layer: norm, fused q k v, o, norm, fused gate up, down
 * @param norm final norm, [H]
 * @param head output embedding, [V, H]; the input embedding itself if they are tied
 */
record FrozenWeights(Tensor embedding, List<List<Tensor>> layers, Tensor norm, Tensor head) {

    FrozenWeights {
        layers = List.copyOf(layers);
    }
}
