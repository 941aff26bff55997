package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.Tensor;

/**
 * The weights of a decoder that is not trained itself.
 *
 * @param embedding input embedding, [V, H]
 * @param norm of the final norm, [H]
 * @param head output embedding, [V, H]; the same tensor as {@code embedding} if they are tied
 */
public record FrozenWeights(Tensor embedding, FrozenLayers layers, Tensor norm, Tensor head) {

    /** Weights that stay in memory as they are. */
    public static FrozenWeights of(DecoderTensors weights) {
        return new FrozenWeights(
                weights.embedding(), new ResidentLayers(weights.layers()), weights.norm(), weights.head());
    }
}
