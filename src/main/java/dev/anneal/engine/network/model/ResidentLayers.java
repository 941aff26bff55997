package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.Tensor;
import java.util.List;

/**
 * Weights that stay in memory as they are used.
 *
 * @param layers as {@link DecoderTensors#layers}, of equally many weights each
 * @param all weights of all layers, one layer after another
 */
record ResidentLayers(List<List<Tensor>> layers, List<Tensor> all) implements FrozenLayers {

    ResidentLayers(List<List<Tensor>> layers) {
        this(List.copyOf(layers), layers.stream().flatMap(List::stream).toList());
    }

    @Override
    public Loan lend(int layer) {
        return new Loan(layers.get(layer), ResidentLayers::nothing);
    }

    @Override
    public Loan lend(int first, int end) {
        int each = all.size() / layers.size();
        return new Loan(all.subList(first * each, end * each), ResidentLayers::nothing);
    }

    /** How a loan ends. */
    private static void nothing() {}

    @Override
    public boolean areResident() {
        return true;
    }
}
