package dev.anneal.engine.train.passes;

import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.Continuation;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.model.PassControl;
import dev.anneal.engine.network.model.PassInput;
import dev.anneal.engine.network.model.TrainingPass;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.network.torch.TorchException;
import dev.anneal.engine.train.state.GradientSum;
import dev.anneal.engine.train.state.Target;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Forward and backward passes of a step's micro-batches on the compute threads of all ranks. */
public final class Passes {

    private final DecoderModel model;
    private final ActivationCheckpointing checkpointing;
    private final GradientSum<Gradients> sum;
    private final TensorScope scope;
    private final StopSignal signal;

    /**
     * What passes have computed.
     *
     * @param sums of all trained tokens
     * @param values of each micro-batch: the log-probabilities of its trained tokens, row after row, for an
     *     {@link Objective.OfLogProbabilities}; the divergences, equal most likely tokens and overlaps of its trained
     *     positions for an {@link Objective.Distillation}; otherwise none
     */
    public record Outcome(LossSums sums, List<float[]> values) {

        /** Of some portions, in order. */
        static Outcome of(List<Outcome> portions) {
            return new Outcome(
                    portions.stream().map(Outcome::sums).reduce(LossSums.NONE, LossSums::plus),
                    portions.stream()
                            .flatMap(portion -> portion.values.stream())
                            .toList());
        }
    }

    /** @param signal asked by compute threads before each layer, and told of each but the last of a pass */
    public Passes(
            DecoderModel model, GradientSum<Gradients> sum, ActivationCheckpointing checkpointing, StopSignal signal) {
        this.model = model;
        this.checkpointing = checkpointing;
        this.sum = sum;
        this.scope = sum.scope();
        this.signal = signal;
    }

    /**
     * Losses of a step; their gradients are summed in the order of the passes.
     *
     * @param adapter adapter without dropout
     * @param dropoutOf dropout of each micro-batch; there is none if rows share tokens
     * @param objectiveOf objective of each micro-batch, by index; {@link Objective#LIKELIHOOD} if rows share trained
     *     tokens
     * @param tooLarge called when the passes did not fit into memory, before they run again with their activations
     *     recomputed
     * @return empty if the step was abandoned; the next step overwrites its gradients
     */
    public Optional<Outcome> train(
            List<MicroBatch> batches,
            AppliedAdapter adapter,
            Function<MicroBatch, AdapterDropout> dropoutOf,
            IntFunction<Objective> objectiveOf,
            Runnable tooLarge) {
        PortionWork<Outcome> once =
                (first, portion) -> new Trained(first, portion, adapter, dropoutOf, objectiveOf).outcome();
        return run(batches, true, (first, portion) -> {
            try {
                return once.compute(first, portion);
            } catch (TorchException e) {
                if (!e.isOutOfMemory() || !checkpointing.turnOn()) {
                    throw e;
                }
                tooLarge.run();
                return once.compute(first, portion);
            }
        });
    }

    /** Passes of a portion with gradients. */
    private final class Trained extends PassWork {
        private final int first;
        private final List<MicroBatch> batches;
        private final AppliedAdapter adapter;
        private final Function<MicroBatch, AdapterDropout> dropoutOf;
        private final IntFunction<Objective> objectiveOf;
        private final float[][] values;

        Trained(
                int first,
                List<MicroBatch> batches,
                AppliedAdapter adapter,
                Function<MicroBatch, AdapterDropout> dropoutOf,
                IntFunction<Objective> objectiveOf) {
            super(model, batches, true);
            this.first = first;
            this.batches = batches;
            this.adapter = adapter;
            this.dropoutOf = dropoutOf;
            this.objectiveOf = objectiveOf;
            this.values = none(batches);
        }

        Outcome outcome() {
            return new Outcome(run(sum), List.of(values));
        }

        @Override
        LossSums rows(int buffer, int batch, @Nullable Continuation continued) {
            MicroBatch own = batches.get(batch);
            AppliedAdapter applied = adapter.with(adapter.beta(), dropoutOf.apply(own));
            Objective objective = objectiveOf.apply(first + batch).telling(found -> values[batch] = found);
            return model.lossAndGradient(
                    scope, own.input(continued), applied, sum.buffer(buffer), control(), objective);
        }

        @Override
        LossSums forward(Prefix.Part part, Continuation continued) {
            return forward(part, model.trainingPass(scope, part.input(continued), adapter, control()));
        }

        @Override
        LossSums backward(int buffer, Prefix.Part part) {
            try (TrainingPass pass = take(part)) {
                return pass.backward(sum.buffer(buffer), Objective.LIKELIHOOD);
            }
        }

        @Override
        void receiveGradient(int buffer) {
            sum.add(buffer);
        }
    }

    private static float[][] none(List<MicroBatch> batches) {
        return batches.stream().map(batch -> new float[0]).toArray(float[][]::new);
    }

    private PassControl control() {
        return new PassControl(checkpointing.isOn(), signal.betweenParts());
    }

    /**
     * Losses without gradients.
     *
     * @param done called after each micro-batch with the number of those done, by one compute thread at a time
     * @return empty if the pass was abandoned
     */
    public Optional<LossSums> evaluate(List<MicroBatch> batches, AppliedAdapter adapter, IntConsumer done) {
        return measure(
                        model,
                        adapter,
                        batches,
                        done,
                        (batch, input, values) -> model.loss(scope, input, adapter, signal.betweenParts()))
                .map(Outcome::sums);
    }

    /**
     * Log-probabilities of the trained tokens, without gradients and dropout.
     *
     * @param batches in which no trained token is shared
     * @return for each micro-batch, row after row; empty if the pass was abandoned
     */
    public Optional<List<float[]>> logProbabilities(List<MicroBatch> batches, AppliedAdapter adapter) {
        return measure(model, adapter, batches, ignored -> {}, (batch, input, values) -> {
                    values.accept(model.logProbabilities(scope, input, adapter, signal.betweenParts()));
                    return LossSums.NONE;
                })
                .map(Outcome::values);
    }

    /**
     * Normed hidden states of a target at the trained positions of each micro-batch that this rank computes, [M, H].
     *
     * @param owner of the results
     * @param batches in which no trained token is shared
     * @return those of a micro-batch, by its number; empty if the pass was abandoned
     */
    public Optional<IntFunction<Tensor>> states(Target target, TensorScope owner, List<MicroBatch> batches) {
        Map<Integer, Tensor> states = new ConcurrentHashMap<>();
        return measure(target.model(), target.adapter(), batches, ignored -> {}, (batch, input, values) -> {
                    states.put(batch, target.model().states(owner, input, target.adapter(), signal.betweenParts()));
                    return LossSums.NONE;
                })
                .map(sums -> batch -> Objects.requireNonNull(states.get(batch), "computed by another rank"));
    }

    /** Divergences from a target without gradients. */
    public Optional<Outcome> divergence(
            List<MicroBatch> batches, AppliedAdapter adapter, IntFunction<Objective.Distillation> lessonOf) {
        return measure(
                model,
                adapter,
                batches,
                ignored -> {},
                (batch, input, values) -> model.divergence(
                        scope, input, adapter, lessonOf.apply(batch).telling(values), signal.betweenParts()));
    }

    /** Computes the rows of a micro-batch without gradients. */
    private interface Measure {

        /**
         * @param batch number within the step
         * @param values receives its values
         */
        LossSums of(int batch, PassInput input, Consumer<float[]> values);
    }

    private Optional<Outcome> measure(
            DecoderModel measured, AppliedAdapter adapter, List<MicroBatch> batches, IntConsumer done, Measure rows) {
        AtomicInteger count = new AtomicInteger();
        return run(batches, false, (first, portion) -> {
            float[][] values = none(portion);
            PassWork work = new PassWork(measured, portion, false) {

                @Override
                LossSums rows(int buffer, int batch, @Nullable Continuation continued) {
                    return rows.of(first + batch, portion.get(batch).input(continued), found -> values[batch] = found);
                }

                @Override
                LossSums forward(Prefix.Part part, Continuation continued) {
                    return measured.loss(scope, part.input(continued), adapter, signal.betweenParts());
                }

                @Override
                void receiveRows() {
                    done.accept(count.incrementAndGet());
                }
            };
            return new Outcome(work.run(sum), List.of(values));
        });
    }

    private Optional<Outcome> run(List<MicroBatch> batches, boolean trains, PortionWork<Outcome> work) {
        return PortionWork.run(batches, sum, signal, trains, Outcome[].class, work)
                .map(Outcome::of);
    }
}
