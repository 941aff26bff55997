package dev.anneal.engine.train.passes;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.train.state.TrainingJob;
import dev.anneal.protocol.Progress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * The passes of a training's steps: each row has the dropout of its position, and activations are recomputed if they do
 * not fit into memory.
 *
 * @param passes for work without gradients or dropout
 */
public record StepPasses(Training<Gradients> training, Passes passes) {

    public StepPasses(Training<Gradients> training) {
        this(
                training,
                new Passes(training.job().model(), training.gradients(), training.checkpointing(), training.signal()));
    }

    public TrainingJob job() {
        return training.job();
    }

    public Consumer<Progress> progress() {
        return training.progress();
    }

    /**
     * Losses and gradient of a step, as {@link Passes#train} computes them.
     *
     * @param step steps done
     */
    public Optional<Passes.Outcome> train(
            int step, List<MicroBatch> batches, AppliedAdapter adapter, IntFunction<Objective> objectiveOf) {
        return passes.train(
                batches,
                adapter,
                batch -> training.dropout(batch, step),
                objectiveOf,
                () -> progress()
                        .accept(new Progress.Warning(
                                "the activations of step %d did not fit into memory: from here on they are %s"
                                        .formatted(step + 1, ActivationCheckpointing.COMPUTED_AGAIN))));
    }
}
