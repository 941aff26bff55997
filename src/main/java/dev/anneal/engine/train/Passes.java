package dev.anneal.engine.train;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.LossSums;
import dev.anneal.engine.network.model.Objective;
import dev.anneal.engine.network.model.PassControl;
import dev.anneal.engine.network.torch.ComputeThreads;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.train.Trainable.StepGradients;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/** Forward and backward passes of a step's micro-batches on the compute threads. Closed by its owner. */
final class Passes implements AutoCloseable {

    private final DecoderModel model;
    private final AdamW optimizer;
    private final ActivationCheckpointing checkpointing;
    private final ComputeThreads threads;
    private final Scope scope;
    private final StepGradients total;
    private final List<StepGradients> buffers = new ArrayList<>();
    private final BooleanSupplier stop;
    private final Runnable layerDone;

    /**
     * @param stop checked by compute threads before each layer; once true, the pass is abandoned
     * @param layerDone called by any compute thread after each layer but the last of a micro-batch's pass
     */
    Passes(
            DecoderModel model,
            Trainable trained,
            AdamW optimizer,
            ActivationCheckpointing checkpointing,
            int threads,
            BooleanSupplier stop,
            Runnable layerDone) {
        this.model = model;
        this.optimizer = optimizer;
        this.checkpointing = checkpointing;
        int count = trained.gradientBuffers(threads);
        this.threads = new ComputeThreads(threads, count);
        this.stop = stop;
        this.layerDone = layerDone;
        this.scope = model.scope().child();
        this.total = trained.newGradients(scope);
        for (int buffer = 0; buffer < count; buffer++) {
            buffers.add(trained.newGradients(scope));
        }
    }

    /** Gradient of the summed loss of the last {@link #train}. */
    StepGradients gradients() {
        return total;
    }

    /**
     * Losses and gradients of a step. Gradients are added in the order of the micro-batches.
     *
     * @param adapterOf the adapter with each micro-batch's dropout
     * @param objectiveOf objective of each micro-batch, by index
     * @return empty if the step was abandoned; the next step overwrites its gradients
     */
    Optional<LossSums> train(
            List<MicroBatch> batches,
            Function<MicroBatch, AppliedAdapter> adapterOf,
            IntFunction<Objective> objectiveOf) {
        return sums(
                batches,
                (buffer, piece) -> {
                    MicroBatch batch = batches.get(piece);
                    return model.lossAndGradient(
                            scope,
                            batch.rows(),
                            batch.targets(),
                            adapterOf.apply(batch),
                            buffers.get(buffer).forModel(),
                            new PassControl(checkpointing.isOn(), betweenLayers()),
                            objectiveOf.apply(piece));
                },
                (buffer, piece) -> optimizer.accumulate(scope, total, buffers.get(buffer), piece == 0));
    }

    /**
     * Losses without gradients.
     *
     * @param done called after each micro-batch with the number of those done, by one compute thread at a time
     * @return empty if the pass was abandoned
     */
    Optional<LossSums> evaluate(List<MicroBatch> batches, AppliedAdapter adapter, IntConsumer done) {
        return sums(
                batches,
                (buffer, piece) -> {
                    MicroBatch batch = batches.get(piece);
                    return model.loss(scope, batch.rows(), batch.targets(), adapter, betweenLayers());
                },
                (buffer, piece) -> done.accept(piece + 1));
    }

    /** The summed losses of all micro-batches, which are added in order. */
    private Optional<LossSums> sums(
            List<MicroBatch> batches,
            BiFunction<Integer, Integer, LossSums> compute,
            BiConsumer<Integer, Integer> handOver) {
        LossSums[] sums = new LossSums[batches.size()];
        ComputeThreads.Work work = new ComputeThreads.Work() {
            @Override
            public void compute(int buffer, int piece) {
                sums[piece] = compute.apply(buffer, piece);
            }

            @Override
            public void handOver(int buffer, int piece) {
                handOver.accept(buffer, piece);
            }
        };
        return attempt(betweenParts -> {
            threads.run(sums.length, work);
            return Arrays.stream(sums).reduce(LossSums.NONE, LossSums::plus);
        });
    }

    /**
     * Log-probabilities of the trained tokens, without gradients and dropout.
     *
     * @return for each micro-batch, row after row; empty if the pass was abandoned
     */
    Optional<List<float[]>> logProbabilities(List<MicroBatch> batches, AppliedAdapter adapter) {
        float[][] each = new float[batches.size()][];
        return attempt(betweenParts -> {
            threads.run(each.length, (buffer, piece) -> {
                MicroBatch batch = batches.get(piece);
                each[piece] = model.logProbabilities(scope, batch.rows(), batch.targets(), adapter, betweenLayers());
            });
            return List.of(each);
        });
    }

    /** Sets the gradient to 0, for a step without trained tokens. */
    void clear() {
        optimizer.clear(scope, total);
    }

    /**
     * Runs other work, which a stop of the training ends.
     *
     * @param work calls the given action after each of its parts, which ends it by a {@link CancellationException} once the training is to
     *     stop
     * @return empty if the training is to stop
     */
    <T> Optional<T> attempt(Function<Runnable, T> work) {
        try {
            return Optional.of(work.apply(betweenLayers()));
        } catch (CancellationException e) {
            if (!stop.getAsBoolean()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** The action that a model calls before each layer of one pass. */
    private Runnable betweenLayers() {
        boolean[] begun = new boolean[1];
        return () -> {
            if (stop.getAsBoolean()) {
                throw new GivenUpException();
            }
            if (begun[0]) {
                layerDone.run();
            }
            begun[0] = true;
        };
    }

    @Override
    public void close() {
        threads.close();
        scope.close();
    }

    /** Leaves a pass from within a layer's thread. */
    private static final class GivenUpException extends CancellationException {

        GivenUpException() {
            super("the training is to stop");
        }
    }
}
