package dev.anneal.engine.network.model;

import dev.anneal.engine.network.nf4.Nf4Matrix;
import dev.anneal.engine.network.nf4.Nf4Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import org.jspecify.annotations.Nullable;

/** A matrix of a checkpoint, kept as a part of a layer's matrix. */
sealed interface Nf4Part {

    /**
     * Overwrites elements of a layer's matrix.
     *
     * @param shared the layer's shared bytes; null if this rank has all of them by itself
     * @param begin first element that is overwritten
     */
    void put(Nf4Program program, TensorScope scope, @Nullable Tensor shared, Tensor out, long begin);

    long elements();

    /** In 4 bits. */
    record Quantized(Nf4Matrix matrix) implements Nf4Part {

        @Override
        public void put(Nf4Program program, TensorScope scope, @Nullable Tensor shared, Tensor out, long begin) {
            program.dequantize(scope, matrix, out, begin);
        }

        @Override
        public long elements() {
            return matrix.elements();
        }
    }

    /** Of a checkpoint in 4 bits that leaves this matrix out. */
    record Whole(Tensor matrix) implements Nf4Part {

        @Override
        public void put(Nf4Program program, TensorScope scope, @Nullable Tensor shared, Tensor out, long begin) {
            program.put(scope, matrix, out, begin);
        }

        @Override
        public long elements() {
            return matrix.elements();
        }
    }

    /**
     * In 4 bits, of which each rank of a group has a share.
     *
     * @param rest the matrix without its values, which are closed
     * @param first byte of its values among those of the layer
     */
    record Shared(LayerShares shares, Nf4Matrix rest, long first, long bytes) implements Nf4Part {

        @Override
        public void put(Nf4Program program, TensorScope scope, @Nullable Tensor shared, Tensor out, long begin) {
            if (shared == null) {
                throw new IllegalStateException("the layer's bytes are not put together");
            }
            program.dequantize(scope, rest.with(shares.part(scope, shared, first, bytes)), out, begin);
        }

        @Override
        public long elements() {
            return rest.elements();
        }
    }
}
