package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Layers whose matrices are kept in another form. A buffer is filled with a layer's matrices when it is borrowed, and
 * filled anew only when another layer needs it, the one that was used least recently first. Computations of the same
 * layer at the same time share a buffer. There are as many buffers as there were loans at a time, and a spare one if
 * there were several, so that a layer that is borrowed twice in a row is still there.
 */
final class FormedLayers implements FrozenLayers {

    private final TensorScope scope;
    private final Source source;

    /** Those that nobody has borrowed, the least recently used first. */
    private final Deque<Buffer> idle = new ArrayDeque<>();

    private final List<Buffer> lent = new ArrayList<>();
    private int loans;

    /** Where matrices come from. Called by several threads at a time. */
    interface Source {

        /** The tensors of a layer that {@link #fill} overwrites. */
        List<Tensor> newMatrices(TensorScope owner);

        /**
         * Overwrites matrices with those of a layer.
         *
         * @param scope of what is needed meanwhile
         */
        void fill(TensorScope scope, int layer, List<Tensor> matrices);

        /** All weights of a layer, in the order of {@link DecoderTensors#layers}, with these matrices among them. */
        List<Tensor> weights(int layer, List<Tensor> matrices);
    }

    /**
     * The weights of a layer, with matrices in their places.
     *
     * @param others its other weights, with anything in these places
     * @param matrices those of {@link CheckpointTensors#MATRICES}, and possibly more
     */
    static List<Tensor> placed(List<Tensor> others, List<Tensor> matrices) {
        List<Tensor> weights = new ArrayList<>(others);
        for (int i = 0; i < CheckpointTensors.MATRICES.size(); i++) {
            weights.set(CheckpointTensors.MATRICES.get(i), matrices.get(i));
        }
        return weights;
    }

    /** Guarded by the layers' monitor but for {@code filled}, which the buffer's own guards. */
    private static final class Buffer {
        private final List<Tensor> matrices;
        private int layer = -1;
        private int borrowers;
        private boolean filled;

        Buffer(List<Tensor> matrices) {
            this.matrices = matrices;
        }
    }

    /** @param scope that buffers live in */
    FormedLayers(TensorScope scope, Source source) {
        this.scope = scope;
        this.source = source;
    }

    @Override
    public Loan lend(int layer) {
        Buffer buffer = borrow(layer);
        try {
            fill(buffer, layer);
            return new Loan(source.weights(layer, buffer.matrices), () -> giveBack(buffer));
        } catch (RuntimeException | Error e) {
            giveBack(buffer);
            throw e;
        }
    }

    @Override
    public Loan lend(int first, int end) {
        if (end != first + 1) {
            throw new IllegalArgumentException("one layer is lent at a time, not %d to %d".formatted(first, end - 1));
        }
        return lend(first);
    }

    @Override
    public boolean areResident() {
        return false;
    }

    private synchronized Buffer borrow(int layer) {
        Buffer buffer = holding(layer);
        if (buffer.borrowers++ == 0) {
            lent.add(buffer);
        }
        loans++;
        return buffer;
    }

    /** The buffer of a layer, or one that becomes it. */
    private Buffer holding(int layer) {
        for (Buffer shared : lent) {
            if (shared.layer == layer) {
                return shared;
            }
        }
        for (Buffer kept : idle) {
            if (kept.layer == layer) {
                idle.remove(kept);
                return kept;
            }
        }
        int wanted = loans == 0 ? 1 : loans + 2;
        Buffer buffer = idle.size() + lent.size() < wanted ? new Buffer(newMatrices()) : idle.removeFirst();
        buffer.layer = layer;
        buffer.filled = false;
        return buffer;
    }

    /** All of a buffer's matrices, or none if one does not fit into memory. */
    private List<Tensor> newMatrices() {
        TensorScope own = scope.child();
        try {
            return source.newMatrices(own);
        } catch (RuntimeException e) {
            own.close();
            throw e;
        }
    }

    /** A failure leaves the buffer unfilled for its other borrowers, who try again. */
    private void fill(Buffer buffer, int layer) {
        synchronized (buffer) {
            if (!buffer.filled) {
                try (TensorScope passing = scope.child()) {
                    source.fill(passing, layer, buffer.matrices);
                }
                buffer.filled = true;
            }
        }
    }

    private synchronized void giveBack(Buffer buffer) {
        loans--;
        if (--buffer.borrowers == 0) {
            lent.remove(buffer);
            idle.addLast(buffer);
        }
    }
}
