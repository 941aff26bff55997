package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.torch.Tensor;
import java.util.List;

/**
 * A tensor for each weight of a decoder in the program's form: the weights themselves, or their gradients.
 *
 * @param embedding of the input embedding, [V, H]
 * @param layers for each layer those of its weights, in the order of {@link CheckpointTensors#layer}; missing ones are
 *     empty. The weight of query and key heads is flat and has a row for each head; its gradient is [2, D]
 * @param norm of the final norm, [H]
 * @param head of the output embedding, [V, H]; the same tensor as {@code embedding} if they are tied
 */
public record DecoderTensors(Tensor embedding, List<List<Tensor>> layers, Tensor norm, Tensor head) {

    public DecoderTensors {
        layers = List.copyOf(layers);
    }
}
