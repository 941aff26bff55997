package dev.anneal.engine.train;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.LossSums;
import dev.anneal.engine.network.model.Objective;
import dev.anneal.engine.network.torch.TorchException;
import dev.anneal.protocol.Progress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * The passes of a job's steps: each row has the dropout of its position, and activations are recomputed if they do not
 * fit into memory.
 *
 * @param passes for work without gradients or dropout
 */
record StepPasses(
        TrainingJob job,
        Trainable<?> trained,
        Passes passes,
        ActivationCheckpointing checkpointing,
        Consumer<Progress> progress) {

    private static final String COMPUTED_AGAIN =
            "computed again for the backward, which takes about a third more time and changes no bit of the result";

    /**
     * Losses and gradient of a step, as {@link Passes#train} computes them.
     *
     * @param step steps done
     */
    Optional<LossSums> train(
            int step, List<MicroBatch> batches, AppliedAdapter adapter, IntFunction<Objective> objectiveOf) {
        try {
            return once(step, batches, adapter, objectiveOf);
        } catch (TorchException e) {
            if (!e.isOutOfMemory() || !checkpointing.turnOn()) {
                throw e;
            }
            progress.accept(
                    new Progress.Warning("the activations of step %d did not fit into memory: from here on they are %s"
                            .formatted(step + 1, COMPUTED_AGAIN)));
            return once(step, batches, adapter, objectiveOf);
        }
    }

    private Optional<LossSums> once(
            int step, List<MicroBatch> batches, AppliedAdapter adapter, IntFunction<Objective> objectiveOf) {
        double dropout = trained.dropout();
        return passes.train(
                batches, adapter, batch -> batch.dropout(dropout, job.settings().seed(), step), objectiveOf);
    }

    /** Turns recomputation on from the first step if activations would not fit into memory. */
    void keepActivationsIfTheyFit() {
        long needed = ActivationCheckpointing.neededBytes(job);
        long free = job.freeMemoryBytes().getAsLong();
        if (needed > free && checkpointing.turnOn()) {
            progress.accept(new Progress.Warning(
                    "the passes of a step would take %d MiB, and %d MiB of memory are free: activations are %s"
                            .formatted(needed >> 20, free >> 20, COMPUTED_AGAIN)));
        }
    }
}
