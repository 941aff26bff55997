package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.torch.NativeHeap;
import dev.anneal.engine.network.torch.ProcessGroup;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Layers of whose matrices each rank of a group keeps a share, and puts them together when it computes them. Norms and
 * biases are whole on each rank.
 */
final class ShardedLayers implements FormedLayers.Source {

    private final LayerShares shares;
    private final List<long[]> shapes;
    private final List<List<Tensor>> others = new ArrayList<>();

    private ShardedLayers(LayerShares shares, List<long[]> shapes) {
        this.shares = shares;
        this.shapes = shapes;
    }

    /** @param loader of a checkpoint; its scope owns the layers */
    static ShardedLayers load(WeightLoader loader, ProcessGroup group) throws IOException {
        ShardedLayers loaded = new ShardedLayers(
                new LayerShares(loader.scope(), group), new CheckpointTensors(loader.config()).matrixShapes());
        for (int layer = 0; layer < loader.config().layers(); layer++) {
            List<Tensor> weights = loader.layer(layer);
            loaded.shares.add(
                    CheckpointTensors.MATRICES.stream().map(weights::get).toList());
            loaded.others.add(weights);
            NativeHeap.trim();
        }
        return loaded;
    }

    /** The matrices, then the flat tensor that they are in. */
    @Override
    public List<Tensor> newMatrices(TensorScope owner) {
        Tensor whole = shares.newWhole(owner, 0);
        List<Tensor> matrices = new ArrayList<>();
        long begin = 0;
        for (long[] shape : shapes) {
            matrices.add(shares.matrix(owner, whole, begin, shape));
            begin += shape[0] * shape[1];
        }
        matrices.add(whole);
        return matrices;
    }

    @Override
    public void fill(TensorScope scope, int layer, List<Tensor> matrices) {
        shares.gather(layer, matrices.get(shapes.size()));
    }

    @Override
    public List<Tensor> weights(int layer, List<Tensor> matrices) {
        return FormedLayers.placed(others.get(layer), matrices);
    }
}
