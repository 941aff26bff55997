package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.torch.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A tensor for each weight of a head: the weights themselves, or their gradients; empty ones for weights that it does
 * not have, or that are frozen.
 *
 * @param layer in the order of {@link CheckpointTensors#layer}; the first is the norm of the embedding, in EAGLE-1 that
 *     of the layer's input
 * @param hiddenNorm of the norm of the state, [H]
 * @param fc [H, A H]
 * @param fcBias [H]
 * @param fcNorm of the norms before fc, one after another, [A H]
 * @param norm of the final norm, [H]
 * @param head of the output embedding, [D, H]
 */
public record EagleTensors(
        List<Tensor> layer, Tensor hiddenNorm, Tensor fc, Tensor fcBias, Tensor fcNorm, Tensor norm, Tensor head) {

    public EagleTensors {
        layer = List.copyOf(layer);
    }

    /** @param all the layer's, then the others in their order */
    static EagleTensors of(List<Tensor> all) {
        List<Tensor> others = all.subList(CheckpointTensors.LAYER_WEIGHTS, all.size());
        return new EagleTensors(
                all.subList(0, CheckpointTensors.LAYER_WEIGHTS),
                others.get(0),
                others.get(1),
                others.get(2),
                others.get(3),
                others.get(4),
                others.get(5));
    }

    List<Tensor> all() {
        List<Tensor> all = new ArrayList<>(layer);
        all.addAll(List.of(hiddenNorm, fc, fcBias, fcNorm, norm, head));
        return all;
    }

    /** Norm of the embedding, in EAGLE-1 of the layer's input. */
    Tensor inputNorm() {
        return layer.get(0);
    }
}
