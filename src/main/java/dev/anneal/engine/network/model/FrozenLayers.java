package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.Tensor;
import java.util.List;

/**
 * The weights of a decoder's layers, lent to each computation for its time. They may be resident, or kept in another
 * form and made when they are borrowed. Thread-safe.
 */
public interface FrozenLayers {

    /**
     * The weights of a layer, each in the order of {@link DecoderTensors#layers}. They must be neither changed nor used
     * once the loan is closed.
     */
    Loan lend(int layer);

    /**
     * The weights of neighbouring layers, one layer after another.
     *
     * @param end the layer behind the last one; {@code first} + 1 unless they are resident
     */
    Loan lend(int first, int end);

    /** Whether all of them are tensors that stay, which lending costs nothing. */
    boolean areResident();

    /**
     * Borrowed weights. Closed by the borrower.
     *
     * @param weights tensors of one or several layers
     * @param end gives them back
     */
    record Loan(List<Tensor> weights, Runnable end) implements AutoCloseable {

        @Override
        public void close() {
            end.run();
        }
    }
}
