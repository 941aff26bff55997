package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fp32 tensors that a backward pass writes gradients to.
 *
 * @param adapter for each layer A and B of each group: A stacked, [S, in]; B of the adapted projections stacked, [outs,
 *     r]. Unchanged if nothing is adapted
 * @param weights gradients of the model's own weights; null if they are frozen
 */
public record Gradients(
        List<List<Tensor>> adapter, @Nullable DecoderTensors weights) {

    public Gradients {
        adapter = List.copyOf(adapter);
    }

    List<Tensor> ofLayer(int layer) {
        return weights == null ? List.of() : weights.layers().get(layer);
    }

    List<Tensor> ofHead() {
        return weights == null ? List.of() : List.of(weights.norm(), weights.head());
    }
}
