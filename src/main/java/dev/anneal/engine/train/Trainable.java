package dev.anneal.engine.train;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The trained values: fp32 masters, their gradients, their file, and the form in which the model computes with them.
 *
 * @param <G> form in which the model writes gradients
 */
interface Trainable<G> extends AutoCloseable {

    /** The masters, always in the same order. */
    List<Parameter> parameters();

    /** Allocates gradients of all masters, owned by {@code owner}. */
    StepGradients<G> newGradients(Scope owner);

    /**
     * Number of gradient buffers of micro-batches: at least one for each thread; one more lets threads continue while a
     * longer pass ends.
     */
    int gradientBuffers(int threads);

    /** Of the products in an update. */
    default ElementType precision() {
        return ElementType.FLOAT32;
    }

    /** The adapter for the following computations at a beta. No computation may still use earlier results. */
    AppliedAdapter apply(double beta);

    /** The adapter's shape and form; null if all weights of the model are trained. */
    @Nullable
    AdapterConfig config();

    /** Beta of a step; 0 if there is no activation to anneal. */
    default double betaAt(int step, int totalSteps) {
        AdapterConfig adapter = config();
        return adapter == null ? 0 : adapter.schedule().betaAt(step, totalSteps);
    }

    /** Probability that an input of an A is dropped in training. */
    default double dropout() {
        AdapterConfig adapter = config();
        return adapter == null ? 0 : adapter.dropout();
    }

    /** Name of the masters' file in a checkpoint. */
    default String fileName() {
        return config() == null ? Checkpoint.WEIGHTS : Checkpoint.ADAPTER;
    }

    void save(Path file) throws IOException;

    /** Overwrites the masters with those of a checkpoint. */
    void restore(Checkpoint checkpoint) throws IOException;

    @Override
    void close();

    /** Number of trained values. */
    default long count() {
        return parameters().stream()
                .mapToLong(parameter -> parameter.master().elements())
                .sum();
    }

    /**
     * A trained tensor.
     *
     * @param name of its moments in checkpoints
     * @param raised whether LoRA+ raises its learning rate
     * @param matrices numbers of rows of the matrices stacked in it, which Muon updates; empty if AdamW updates it
     */
    record Parameter(String name, Tensor master, boolean raised, List<Long> matrices) {

        Parameter(String name, Tensor master, boolean raised) {
            this(name, master, raised, List.of());
        }
    }

    /**
     * Gradients of a step or of a part of it.
     *
     * @param ofParameters one for each parameter, in their order
     * @param forModel the same memory as the model writes it
     */
    record StepGradients<G>(List<Tensor> ofParameters, G forModel) {

        public StepGradients {
            ofParameters = List.copyOf(ofParameters);
        }
    }
}
