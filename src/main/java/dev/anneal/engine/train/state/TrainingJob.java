package dev.anneal.engine.train.state;

import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.draft.HeadShape;
import dev.anneal.engine.network.generate.Draft;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.TrainTask;
import dev.anneal.protocol.TrainingSettings;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A training task with its inputs.
 *
 * @param model loaded base model, closed by the caller. If the task has no adapter, its weights change
 * @param baseFingerprint hash of the base model's configuration and weights, kept in checkpoints
 * @param target model whose tokens a draft learns to propose; null if no draft is trained
 * @param draft proposes tokens of rollouts, which changes none of them; null for none
 * @param data data for the settings' method
 * @param freeMemoryBytes free memory for passes, read once everything else is allocated
 * @param initialValues safetensors file with the initial values of the adapter, or of all trained weights, in a
 *     checkpoint's format; null for those of a new training
 * @param ranks who trains it together
 */
public record TrainingJob(
        TrainTask task,
        DecoderModel model,
        String baseFingerprint,
        @Nullable Target target,
        @Nullable Draft draft,
        TrainingData data,
        LongSupplier freeMemoryBytes,
        @Nullable Path initialValues,
        Ranks ranks) {

    public TrainingSettings settings() {
        return task.settings();
    }

    /** Null if all weights of the model are trained. */
    @Nullable
    public AdapterSettings adapter() {
        return task.adapter();
    }

    /** The adapter's shape and form; null if there is none. */
    @Nullable
    public AdapterConfig adapterConfig() {
        AdapterSettings settings = adapter();
        return settings == null
                ? null
                : CheckpointState.adapterConfig(
                        settings, HeadShape.projections(settings().method(), model.config()));
    }

    /** Limits of one thread's computation on the model's device. */
    public DeviceLimits limits() {
        return DeviceLimits.of(model.scope().device());
    }

    public int computeThreads() {
        return task.machine().computeThreads();
    }
}
