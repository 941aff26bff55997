package dev.anneal.engine.train.state;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.MasterWeights;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The trained values: fp32 masters, their gradients, their file, and the form in which the model computes with them.
 *
 * @param <G> form in which the model writes gradients
 */
public interface Trainable<G> extends AutoCloseable {

    /** The masters, always in the same order. */
    List<Parameter> parameters();

    /** Allocates gradients of all masters, owned by {@code owner}. */
    StepGradients<G> newGradients(TensorScope owner);

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

    /** The files of a checkpoint that hold the masters. */
    List<CheckpointWriter.Part> parts();

    /** Overwrites the masters with those of a checkpoint. */
    void restore(CheckpointFolder checkpoint) throws IOException;

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

        /** @param byMuon whether Muon updates matrices */
        public static List<Parameter> allOf(MasterWeights weights, boolean byMuon) {
            return IntStream.range(0, weights.masters().size())
                    .mapToObj(i -> new Parameter(
                            weights.names().get(i),
                            weights.masters().get(i),
                            false,
                            byMuon ? weights.matrices().get(i) : List.of()))
                    .toList();
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
