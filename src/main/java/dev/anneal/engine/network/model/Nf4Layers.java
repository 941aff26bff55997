package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.nf4.Nf4Matrix;
import dev.anneal.engine.network.nf4.Nf4Program;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Layers whose projections are kept in 4 bits: quantised when they are loaded, or as the checkpoint has them. Norms and
 * biases stay as they are.
 */
final class Nf4Layers implements FormedLayers.Source {

    private final Nf4Program program;
    private final ElementType precision;
    private final List<long[]> shapes;
    private final List<Layer> layers = new ArrayList<>();

    /**
     * A layer.
     *
     * @param others its weights that are not matrices, in the places of {@link DecoderTensors#layers}; empty tensors in
     *     the places of matrices
     * @param matrices for each matrix those of the checkpoint that are stacked in it
     */
    private record Layer(List<Tensor> others, List<List<Part>> matrices) {}

    /** A matrix of the checkpoint within one of a layer. */
    private sealed interface Part {

        /** Overwrites the elements from {@code begin} on. */
        void put(Nf4Program program, TensorScope scope, Tensor out, long begin);

        long elements();
    }

    private record Quantized(Nf4Matrix matrix) implements Part {

        @Override
        public void put(Nf4Program program, TensorScope scope, Tensor out, long begin) {
            program.dequantize(scope, matrix, out, begin);
        }

        @Override
        public long elements() {
            return matrix.elements();
        }
    }

    /** Of a checkpoint in 4 bits that leaves this matrix out. */
    private record Whole(Tensor matrix) implements Part {

        @Override
        public void put(Nf4Program program, TensorScope scope, Tensor out, long begin) {
            program.put(scope, matrix, out, begin);
        }

        @Override
        public long elements() {
            return matrix.elements();
        }
    }

    private Nf4Layers(Nf4Program program, ElementType precision, List<long[]> shapes) {
        this.program = program;
        this.precision = precision;
        this.shapes = shapes;
    }

    /** @param loader of a checkpoint; its scope owns the layers */
    static Nf4Layers load(WeightLoader loader) throws IOException {
        CheckpointTensors stored = new CheckpointTensors(loader.config());
        List<long[]> shapes = CheckpointTensors.MATRICES.stream()
                .map(place -> CheckpointTensors.stacked(stored.layer(0).get(place)))
                .toList();
        Nf4Layers loaded = new Nf4Layers(new Nf4Program(loader.scope()), loader.precision(), shapes);
        for (int layer = 0; layer < loader.config().layers(); layer++) {
            loaded.layers.add(loaded.layer(loader, stored.layer(layer)));
        }
        return loaded;
    }

    private Layer layer(WeightLoader loader, List<List<CheckpointTensors.Stored>> stored) throws IOException {
        List<Tensor> others = new ArrayList<>();
        List<List<Part>> matrices = new ArrayList<>();
        Tensor nothing = loader.scope().zeros(precision, 0);
        for (int place = 0; place < stored.size(); place++) {
            boolean isMatrix = CheckpointTensors.MATRICES.contains(place);
            if (isMatrix) {
                List<Part> parts = new ArrayList<>();
                for (CheckpointTensors.Stored part : stored.get(place)) {
                    parts.add(part(loader, part));
                }
                matrices.add(parts);
            }
            others.add(
                    isMatrix
                            ? nothing
                            : loader.weight(stored.get(place), place == CheckpointTensors.HEAD_NORM));
        }
        return new Layer(others, matrices);
    }

    private Part part(WeightLoader loader, CheckpointTensors.Stored stored) throws IOException {
        if (loader.isQuantized(stored.name())) {
            return new Quantized(program.read(loader.scope(), loader.files(), stored.name()));
        }
        if (loader.config().storedInNf4()) {
            return new Whole(loader.tensor(stored.name()));
        }
        try (Tensor matrix = loader.asStored(stored.name())) {
            return new Quantized(program.quantized(loader.scope(), matrix));
        }
    }

    @Override
    public List<Tensor> newMatrices(TensorScope owner) {
        return shapes.stream().map(shape -> owner.zeros(precision, shape)).toList();
    }

    @Override
    public void fill(TensorScope scope, int layer, List<Tensor> matrices) {
        for (int i = 0; i < matrices.size(); i++) {
            long begin = 0;
            for (Part part : layers.get(layer).matrices().get(i)) {
                part.put(program, scope, matrices.get(i), begin);
                begin += part.elements();
            }
        }
    }

    @Override
    public List<Tensor> weights(int layer, List<Tensor> matrices) {
        return FormedLayers.placed(layers.get(layer).others(), matrices);
    }
}
