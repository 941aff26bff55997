package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.torch.Tensor;
import java.util.List;

/**
 * The fp32 tensors that a backward pass writes gradients to.
 *
 * @param adapter A and B of each group of the layer, as an adapter's gradients have them; those of
 *     {@link EagleHead#noAdapter} if there is none
 * @param weights gradients of the trained weights; empty tensors for frozen ones
 */
public record EagleGradients(List<Tensor> adapter, EagleTensors weights) {

    public EagleGradients {
        adapter = List.copyOf(adapter);
    }
}
