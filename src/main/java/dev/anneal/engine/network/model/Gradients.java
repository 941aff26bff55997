package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fp32 tensors that a backward pass writes gradients to.
 *
 * @param adapter for each layer A and B of each group: A stacked, [S, in]; B of the adapted projections under one another, [outs, r]. Unchanged
 *     where nothing is adapted
 * @param weights gradients of the model's own weights; null if they are frozen
 */
public record Gradients(
        List<List<Tensor>> adapter, @Nullable Weights weights) {

    public Gradients {
        adapter = List.copyOf(adapter);
    }

    /**
     * Gradients of all weights of a model.
     *
     * @param embedding of the input embedding, [V, H]
     * @param layers for each layer those of its weights, the norms of query and key heads as [2, D]
     * @param norm of the final norm, [H]
     * @param head of the output embedding, [V, H]; the same tensor as {@code embedding} where they are tied
     */
    public record Weights(Tensor embedding, List<List<Tensor>> layers, Tensor norm, Tensor head) {

        public Weights {
            layers = List.copyOf(layers);
        }
    }

    List<Tensor> ofLayer(int layer) {
        return weights == null ? List.of() : weights.layers().get(layer);
    }

    List<Tensor> ofHead() {
        return weights == null ? List.of() : List.of(weights.norm(), weights.head());
    }
}
