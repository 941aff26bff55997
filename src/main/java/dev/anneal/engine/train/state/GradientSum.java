package dev.anneal.engine.train.state;

import dev.anneal.engine.network.torch.ComputeThreads;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.train.state.Trainable.StepGradients;
import java.util.ArrayList;
import java.util.List;

/**
 * Compute threads, buffers for the gradients of a step's pieces, and their sum, which is formed in the order of the
 * pieces. Closed by its owner.
 *
 * @param <G> form in which the model writes gradients
 */
public final class GradientSum<G> implements AutoCloseable {

    private final Optimizer optimizer;
    private final ComputeThreads threads;
    private final TensorScope scope;
    private final StepGradients<G> total;
    private final List<StepGradients<G>> buffers = new ArrayList<>();
    private boolean begun;

    public GradientSum(TensorScope owner, Trainable<G> trained, Optimizer optimizer, int threads) {
        this.optimizer = optimizer;
        int count = trained.gradientBuffers(threads);
        this.threads = new ComputeThreads(threads, count);
        this.scope = owner.child();
        this.total = trained.newGradients(scope);
        for (int buffer = 0; buffer < count; buffer++) {
            buffers.add(trained.newGradients(scope));
        }
    }

    /** The scope of the step's passes. */
    public TensorScope scope() {
        return scope;
    }

    public StepGradients<G> total() {
        return total;
    }

    /** Where a piece writes its gradient. */
    public G buffer(int buffer) {
        return buffers.get(buffer).forModel();
    }

    /** Runs pieces; the first gradient that they {@link #add} overwrites the sum. */
    public void run(int pieces, ComputeThreads.Work work) {
        begun = false;
        threads.run(pieces, work);
    }

    /** Adds the gradient of a buffer. */
    public void add(int buffer) {
        optimizer.accumulate(scope, total, buffers.get(buffer), !begun);
        begun = true;
    }

    /** Sets the sum to 0, for a step without trained tokens. */
    public void clear() {
        optimizer.clear(scope, total);
    }

    @Override
    public void close() {
        threads.close();
        scope.close();
    }
}
