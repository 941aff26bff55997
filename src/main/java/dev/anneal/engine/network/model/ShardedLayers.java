package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.ProcessGroup;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Layers of whose matrices each rank of a group keeps a share, and puts them together when it computes them. Norms and
 * biases are whole on each rank.
 */
final class ShardedLayers implements FormedLayers.Source {

    private final Program program;
    private final ElementType precision;
    private final List<long[]> shapes;
    private final long flatElements;
    private final List<List<Tensor>> others;
    private final LayerRounds rounds;

    private ShardedLayers(
            WeightLoader loader, Program program, ProcessGroup group, List<List<Tensor>> others, List<Tensor> shares) {
        this.program = program;
        this.precision = loader.precision();
        this.shapes = shapes(loader);
        this.flatElements = shares.get(0).elements() * group.size();
        this.others = others;
        this.rounds = new LayerRounds(group, shares, () -> loader.scope().zeros(precision, flatElements));
    }

    /** @param loader of a checkpoint; its scope owns the layers */
    static ShardedLayers load(WeightLoader loader, ProcessGroup group) throws IOException {
        Program program = Program.load(loader.scope(), "shards", "Shards", Map.of());
        List<List<Tensor>> others = new ArrayList<>();
        List<Tensor> shares = new ArrayList<>();
        for (int layer = 0; layer < loader.config().layers(); layer++) {
            List<Tensor> weights = new ArrayList<>(loader.layer(layer));
            List<Tensor> matrices =
                    CheckpointTensors.MATRICES.stream().map(weights::get).toList();
            shares.add(program.call(
                    loader.scope(), "share", matrices, (long) group.rank(), (long) group.size()));
            matrices.forEach(Tensor::close);
            others.add(weights);
        }
        return new ShardedLayers(loader, program, group, others, shares);
    }

    private static List<long[]> shapes(WeightLoader loader) {
        List<List<CheckpointTensors.Stored>> layer = new CheckpointTensors(loader.config()).layer(0);
        return CheckpointTensors.MATRICES.stream()
                .map(layer::get)
                .map(CheckpointTensors::stacked)
                .toList();
    }

    /** The matrices, then the flat tensor that they are in. */
    @Override
    public List<Tensor> newMatrices(TensorScope owner) {
        Tensor flat = owner.zeros(precision, flatElements);
        List<Tensor> matrices = new ArrayList<>();
        long begin = 0;
        for (long[] shape : shapes) {
            matrices.add(program.call(owner, "matrix", flat, begin, shape[0], shape[1]));
            begin += shape[0] * shape[1];
        }
        matrices.add(flat);
        return matrices;
    }

    @Override
    public void fill(TensorScope scope, int layer, List<Tensor> matrices) {
        rounds.gather(layer, matrices.get(shapes.size()));
    }

    @Override
    public List<Tensor> weights(int layer, List<Tensor> matrices) {
        return FormedLayers.placed(others.get(layer), matrices);
    }
}
