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
import dev.anneal.engine.train.state.GradientSum;
import dev.anneal.engine.train.state.Target;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Forward and backward passes of a step's micro-batches on the compute threads. */
public final class Passes {

    private final DecoderModel model;
    private final ActivationCheckpointing checkpointing;
    private final GradientSum<Gradients> sum;
    private final TensorScope scope;
    private final StopSignal signal;

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
     * @return empty if the step was abandoned; the next step overwrites its gradients
     */
    public Optional<LossSums> train(
            List<MicroBatch> batches,
            AppliedAdapter adapter,
            Function<MicroBatch, AdapterDropout> dropoutOf,
            IntFunction<Objective> objectiveOf) {
        return run(new PassWork(model, batches, true) {

            @Override
            LossSums rows(int buffer, int batch, @Nullable Continuation continued) {
                MicroBatch own = batches.get(batch);
                AppliedAdapter applied = adapter.with(adapter.beta(), dropoutOf.apply(own));
                Gradients gradients = sum.buffer(buffer);
                PassInput input = own.input(continued);
                return model.lossAndGradient(scope, input, applied, gradients, control(), objectiveOf.apply(batch));
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
        });
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
                (batch, input) -> model.loss(scope, input, adapter, signal.betweenParts()));
    }

    /**
     * Log-probabilities of the trained tokens, without gradients and dropout.
     *
     * @param batches in which no trained token is shared
     * @return for each micro-batch, row after row; empty if the pass was abandoned
     */
    public Optional<List<float[]>> logProbabilities(List<MicroBatch> batches, AppliedAdapter adapter) {
        float[][] each = new float[batches.size()][];
        return measure(model, adapter, batches, ignored -> {}, (batch, input) -> {
                    each[batch] = model.logProbabilities(scope, input, adapter, signal.betweenParts());
                    return LossSums.NONE;
                })
                .map(sums -> List.of(each));
    }

    /**
     * Normed hidden states of a target at the trained positions of each micro-batch, [M, H].
     *
     * @param owner of the results
     * @param batches in which no trained token is shared
     * @return empty if the pass was abandoned
     */
    public Optional<List<Tensor>> states(Target target, TensorScope owner, List<MicroBatch> batches) {
        Tensor[] states = new Tensor[batches.size()];
        return measure(target.model(), target.adapter(), batches, ignored -> {}, (batch, input) -> {
                    states[batch] = target.model().states(owner, input, target.adapter(), signal.betweenParts());
                    return LossSums.NONE;
                })
                .map(sums -> List.of(states));
    }

    /** Divergences from a target without gradients. */
    public Optional<LossSums> divergence(
            List<MicroBatch> batches, AppliedAdapter adapter, IntFunction<Objective.Distillation> lessonOf) {
        return measure(
                model,
                adapter,
                batches,
                ignored -> {},
                (batch, input) ->
                        model.divergence(scope, input, adapter, lessonOf.apply(batch), signal.betweenParts()));
    }

    /** Computes the rows of a micro-batch without gradients. */
    private interface Measure {
        LossSums of(int batch, PassInput input);
    }

    private Optional<LossSums> measure(
            DecoderModel measured, AppliedAdapter adapter, List<MicroBatch> batches, IntConsumer done, Measure rows) {
        return run(new PassWork(measured, batches, false) {
            private int count;

            @Override
            LossSums rows(int buffer, int batch, @Nullable Continuation continued) {
                return rows.of(batch, batches.get(batch).input(continued));
            }

            @Override
            LossSums forward(Prefix.Part part, Continuation continued) {
                return measured.loss(scope, part.input(continued), adapter, signal.betweenParts());
            }

            @Override
            void receiveRows() {
                done.accept(++count);
            }
        });
    }

    private Optional<LossSums> run(PassWork work) {
        return signal.attempt(betweenParts -> work.run(sum));
    }
}
