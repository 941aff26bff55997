package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Monitors;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tokens with which rows of several passes begin, computed once by passes of their own: their keys and values in each
 * layer, and the sums of the gradients of these. Passes may run on several threads at a time, layer behind layer: each
 * waits for what it reads. Gradients are added in the order of the passes' turns, so the sums do not depend on threads.
 * Closed by its owner after all passes.
 */
public final class SharedPrefix implements AutoCloseable {

    private final TensorScope scope;
    private final int tokens;
    private final @Nullable Continuation parent;
    private final List<Tensor> keysAndValues = new ArrayList<>();
    private final List<Tensor> gradients = new ArrayList<>();

    /** For each layer the number of tokens whose keys and values are there. */
    private final int[] computed;

    /** For each layer the number of passes that have added gradients. */
    private final int[] added;

    private @Nullable Throwable failure;

    private SharedPrefix(TensorScope scope, int tokens, int layers, @Nullable Continuation parent) {
        this.scope = scope;
        this.tokens = tokens;
        this.parent = parent;
        this.computed = new int[layers];
        this.added = new int[layers];
        Arrays.fill(computed, parent == null ? 0 : parent.prefix().tokens);
    }

    /**
     * Room for the keys and values of a prefix.
     *
     * @param tokens number of its tokens, from position 0
     * @param parent the shorter prefix that it continues, and its turn among those that add gradients there; null if
     *     there is none
     * @param trained whether there will be gradients
     */
    public static SharedPrefix of(DecoderModel model, int tokens, @Nullable Continuation parent, boolean trained) {
        ModelConfig config = model.config();
        TensorScope scope = model.scope().child();
        SharedPrefix prefix = new SharedPrefix(scope, tokens, config.layers(), parent);
        for (int layer = 0; layer < config.layers(); layer++) {
            prefix.keysAndValues.add(
                    scope.zeros(model.precision(), tokens, 2L * config.keyValueHeads(), config.headSize()));
            if (trained) {
                prefix.gradients.add(
                        scope.zeros(ElementType.FLOAT32, tokens, 2L * config.keyValueHeads(), config.headSize()));
            }
        }
        return prefix;
    }

    /** Ends all waiting for this prefix: a pass has failed. */
    public synchronized void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        notifyAll();
    }

    /**
     * Keys and values in a layer, [P, 2 KV, D]; waits for the first {@code start} of them. The parent's are copied by
     * the pass that comes after them.
     */
    Tensor keysAndValues(DecoderProgram program, int layer, Continuation pass, int start) {
        Tensor own = keysAndValues.get(layer);
        if (pass.isPart() && parent != null && start == parent.prefix().tokens && !has(layer, start + 1)) {
            Tensor shorter = parent.prefix().keysAndValues(program, layer, parent, start);
            program.copyFirst(scope, own, shorter);
        } else {
            await(() -> computed[layer] >= start);
        }
        return own;
    }

    synchronized boolean has(int layer, int end) {
        return computed[layer] >= end;
    }

    /** The keys and values of the first {@code end} tokens are there. */
    synchronized void computed(int layer, int end) {
        computed[layer] = end;
        notifyAll();
    }

    /**
     * Sums of the gradients of a layer's keys and values, [P, 2 KV, D] fp32; waits until all passes before this one
     * have added to them.
     */
    Tensor gradients(int layer, int turn) {
        await(() -> added[layer] == turn);
        return gradients.get(layer);
    }

    /**
     * Adds a pass's gradients in its turn. The last part of the backward, which begins at the parent's end, hands the
     * parent's over.
     */
    void add(DecoderProgram program, int layer, Continuation pass, int start, Consumer<Tensor> addition) {
        addition.accept(gradients(layer, pass.turn()));
        synchronized (this) {
            added[layer]++;
            notifyAll();
        }
        if (pass.isPart() && parent != null && start == parent.prefix().tokens) {
            parent.prefix()
                    .add(program, layer, parent, start, sums -> program.addAll(scope, sums, gradients.get(layer)));
        }
    }

    private synchronized void await(BooleanSupplier condition) {
        Monitors.await(this, () -> condition.getAsBoolean() || failure != null);
        rethrow(failure);
    }

    /** Throws a failure of another pass, if there is one. */
    public static void rethrow(@Nullable Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
