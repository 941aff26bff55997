package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.nf4.Nf4Program;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.NativeHeap;
import dev.anneal.engine.network.torch.ProcessGroup;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Layers whose projections are kept in 4 bits: quantised when they are loaded, or as the checkpoint has them. Each rank
 * of a group may keep a share of their values. Norms and biases stay as they are.
 */
final class Nf4Layers implements FormedLayers.Source {

    private final Nf4Program program;
    private final ElementType precision;
    private final @Nullable LayerShares shares;
    private final List<long[]> shapes;
    private final List<Layer> layers = new ArrayList<>();

    /**
     * A layer.
     *
     * @param others its weights that are not matrices, in the places of {@link DecoderTensors#layers}; empty tensors in
     *     the places of matrices
     * @param matrices for each matrix those of the checkpoint that are stacked in it
     */
    private record Layer(List<Tensor> others, List<List<Nf4Part>> matrices) {}

    private Nf4Layers(WeightLoader loader, @Nullable ProcessGroup group) {
        this.program = new Nf4Program(loader.scope());
        this.precision = loader.precision();
        this.shares = group == null ? null : new LayerShares(loader.scope(), group);
        this.shapes = new CheckpointTensors(loader.config()).matrixShapes();
    }

    /**
     * @param loader of a checkpoint; its scope owns the layers
     * @param group whose ranks share values; null to keep all of them
     */
    static Nf4Layers load(WeightLoader loader, @Nullable ProcessGroup group) throws IOException {
        CheckpointTensors stored = new CheckpointTensors(loader.config());
        Nf4Layers loaded = new Nf4Layers(loader, group);
        for (int layer = 0; layer < loader.config().layers(); layer++) {
            loaded.layers.add(loaded.layer(loader, stored.layer(layer)));
            NativeHeap.trim();
        }
        return loaded;
    }

    private Layer layer(WeightLoader loader, List<List<CheckpointTensors.Stored>> stored) throws IOException {
        List<Tensor> others = new ArrayList<>();
        List<List<Nf4Part>> matrices = new ArrayList<>();
        Tensor nothing = loader.scope().zeros(precision, 0);
        for (int place = 0; place < stored.size(); place++) {
            if (CheckpointTensors.MATRICES.contains(place)) {
                List<Nf4Part> parts = new ArrayList<>();
                for (CheckpointTensors.Stored part : stored.get(place)) {
                    parts.add(part(loader, part));
                }
                matrices.add(parts);
                others.add(nothing);
            } else {
                others.add(loader.weight(stored.get(place), place));
            }
        }
        return new Layer(others, shares == null ? matrices : shared(shares, matrices));
    }

    private Nf4Part part(WeightLoader loader, CheckpointTensors.Stored stored) throws IOException {
        if (loader.isQuantized(stored.name())) {
            return new Nf4Part.Quantized(program.read(loader.scope(), loader.files(), stored.name()));
        }
        if (loader.config().storedInNf4()) {
            return new Nf4Part.Whole(loader.tensor(stored.name()));
        }
        try (Tensor matrix = loader.asStored(stored.name())) {
            return new Nf4Part.Quantized(program.quantized(loader.scope(), matrix));
        }
    }

    /** Leaves this rank its share of a layer's values. */
    private static List<List<Nf4Part>> shared(LayerShares shares, List<List<Nf4Part>> matrices) {
        List<Tensor> values = new ArrayList<>();
        List<List<Nf4Part>> shared = new ArrayList<>();
        long first = 0;
        for (List<Nf4Part> parts : matrices) {
            List<Nf4Part> kept = new ArrayList<>();
            for (Nf4Part part : parts) {
                if (part instanceof Nf4Part.Quantized own) {
                    Tensor packed = own.matrix().packed();
                    kept.add(new Nf4Part.Shared(shares, own.matrix(), first, packed.elements()));
                    first += packed.elements();
                    values.add(packed);
                } else {
                    kept.add(part);
                }
            }
            shared.add(kept);
        }
        shares.add(values);
        return shared;
    }

    @Override
    public List<Tensor> newMatrices(TensorScope owner) {
        return shapes.stream().map(shape -> owner.zeros(precision, shape)).toList();
    }

    @Override
    public void fill(TensorScope scope, int layer, List<Tensor> matrices) {
        @Nullable Tensor shared = null;
        if (shares != null) {
            shared = shares.newWhole(scope, layer);
            shares.gather(layer, shared);
        }
        for (int i = 0; i < matrices.size(); i++) {
            long begin = 0;
            for (Nf4Part part : layers.get(layer).matrices().get(i)) {
                part.put(program, scope, shared, matrices.get(i), begin);
                begin += part.elements();
            }
        }
    }

    @Override
    public List<Tensor> weights(int layer, List<Tensor> matrices) {
        return FormedLayers.placed(layers.get(layer).others(), matrices);
    }
}
