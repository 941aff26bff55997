package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the activations of each layer of a micro-batch's pass, or only the layer's input, from which the rest is
 * recomputed (activation checkpointing). Both give the same bits.
 */
final class LayerActivations {

    private final DecoderProgram program;
    private final FrozenWeights weights;
    private final Batch batch;
    private final AppliedAdapter adapter;
    private final boolean recompute;
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Layer> kept = new ArrayList<>();

    LayerActivations(
            DecoderProgram program, FrozenWeights weights, Batch batch, AppliedAdapter adapter, boolean recompute) {
        this.program = program;
        this.weights = weights;
        this.batch = batch;
        this.adapter = adapter;
        this.recompute = recompute;
    }

    /** Output of the next layer, [N, H]. The input must not change until the backward pass, which closes it. */
    Tensor forward(TensorScope pass, Tensor input) {
        int number = inputs.size();
        inputs.add(input);
        if (recompute) {
            try (Layer layer = compute(pass, input, number)) {
                return layer.output().in(pass);
            }
        }
        kept.add(compute(pass, input, number));
        return kept.get(number).output();
    }

    /**
     * Gradient of a layer's input. Frees the layer's activations.
     *
     * @param upstream gradient of the layer's output
     * @param gradients gradients of the trained values; the layer's are overwritten
     */
    Tensor backward(TensorScope pass, Tensor upstream, Gradients gradients, int number) {
        try (Tensor input = inputs.get(number);
                Layer layer = recompute ? compute(pass, input, number) : kept.get(number)) {
            LayerPass between =
                    new LayerPass(layer.saved(), gradients.adapter().get(number), gradients.ofLayer(number));
            return program.layerBackward(pass, upstream, number, between, batch, weights, adapter);
        }
    }

    private Layer compute(TensorScope owner, Tensor input, int number) {
        TensorScope scope = owner.child();
        List<Tensor> results = program.layer(scope, input, number, batch, weights, adapter);
        return new Layer(scope, results.get(0), results.subList(1, results.size()));
    }

    /** Results of a layer's forward pass, in their own scope. */
    private record Layer(TensorScope scope, Tensor output, List<Tensor> saved) implements AutoCloseable {
        @Override
        public void close() {
            scope.close();
        }
    }
}
