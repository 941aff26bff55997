package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Tensors of a head's trained weights as arrays in row order, by the names in its file. */
final class EagleMatrices {

    private EagleMatrices() {}

    /**
     * Overwrites the masters.
     *
     * @param values in the order of the masters
     * @param file is written
     */
    static Map<String, float[]> of(TrainableHead weights, List<Tensor> values, Path file) throws IOException {
        for (int i = 0; i < values.size(); i++) {
            weights.masters().get(i).overwrite(0, values.get(i).toBytes());
        }
        weights.save(file);
        return GoldenTensors.all(file);
    }
}
