package dev.anneal.engine.network.lora;

import dev.anneal.engine.network.torch.Tensor;
import java.util.List;

/**
 * fp32 gradients of an adapter, in the layout of its masters.
 *
 * @param a of all A, flat
 * @param b of all B, flat
 * @param layers the same memory as matrices: for each layer A and B of each group
 */
public record AdapterGradients(Tensor a, Tensor b, List<List<Tensor>> layers) {

    public AdapterGradients {
        layers = List.copyOf(layers);
    }
}
