package dev.anneal.engine.network.lora;

import dev.anneal.engine.network.torch.Tensor;
import java.util.List;

/**
 * fp32 gradients of an adapter.
 *
 * @param a of all A, flat
 * @param b of all B, flat
 * @param layers where the decoder writes them: for each layer A and B of each group; the same memory, or A's for each
 *     group of signs
 * @param gather brings what the decoder has written into {@code a}, where that is other memory
 */
public record AdapterGradients(Tensor a, Tensor b, List<List<Tensor>> layers, Runnable gather) {

    public AdapterGradients {
        layers = List.copyOf(layers);
    }
}
