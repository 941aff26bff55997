package dev.anneal.engine.train.state;

import dev.anneal.engine.network.torch.ComputeThreads;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.train.state.Trainable.StepGradients;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/**
 * Compute threads, buffers for the gradients of a step's pieces, and their sum, which is formed in the order of the
 * pieces, and then over the ranks. Closed by its owner.
 *
 * @param <G> form in which the model writes gradients
 */
public final class GradientSum<G> implements AutoCloseable {

    private final Optimizer optimizer;
    private final Ranks ranks;
    private final ComputeThreads threads;
    private final TensorScope scope;
    private final StepGradients<G> total;
    private final List<StepGradients<G>> buffers = new ArrayList<>();

    /** Of the pieces of this rank: the total itself, unless portions are added in order. */
    private final StepGradients<G> own;

    /** A portion of another rank. */
    private final StepGradients<G> received;

    private boolean begun;

    public GradientSum(TensorScope owner, Trainable<G> trained, Optimizer optimizer, int threads, Ranks ranks) {
        this.optimizer = optimizer;
        this.ranks = ranks;
        int count = trained.gradientBuffers(threads);
        this.threads = new ComputeThreads(threads, count);
        this.scope = owner.child();
        this.total = trained.newGradients(scope);
        for (int buffer = 0; buffer < count; buffer++) {
            buffers.add(trained.newGradients(scope));
        }
        this.own = ranks.isOrdered() ? trained.newGradients(scope) : total;
        this.received = ranks.isOrdered() && ranks.size() > 1 ? trained.newGradients(scope) : own;
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
        optimizer.accumulate(scope, own, buffers.get(buffer), !begun);
        begun = true;
    }

    /** Who computes the step. */
    public Ranks ranks() {
        return ranks;
    }

    /**
     * Adds what the ranks have computed in a round to the step's gradient.
     *
     * @param portions computed ones, at most one of each rank
     * @param first whether the round begins the step
     */
    public void combine(SortedSet<Integer> portions, boolean first) {
        if (!ranks.isOrdered()) {
            if (portions.stream().noneMatch(portion -> ranks.owner(portion) == ranks.rank())) {
                clear();
            }
            ranks.sum(total);
            return;
        }
        boolean begins = first;
        for (int portion : portions) {
            int source = ranks.owner(portion);
            StepGradients<G> part = source == ranks.rank() ? own : received;
            ranks.broadcast(part, source);
            optimizer.accumulate(scope, total, part, begins);
            begins = false;
        }
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
