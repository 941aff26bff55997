package dev.anneal.engine.train;

import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainingSettings;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a training is made of.
 *
 * @param model loaded base model; stays the caller's
 * @param baseFingerprint hash of the base model's configuration and weights, kept in checkpoints
 * @param data what the settings' method trains on
 * @param adapter null trains all weights of the model, which then change
 * @param threads compute threads; 0 takes the number of cores
 * @param freeMemoryBytes memory that passes may still take, asked once everything else is there
 * @param attemptDirectory folder in which each checkpoint becomes {@code checkpoint-<step>/}
 * @param initialAdapter safetensors file with the adapter's first values, as checkpoints hold them; null draws them
 * @param resumeFrom checkpoint folder to go on from, or null to begin
 * @param validatedStep newest step whose validation was reported before; 0 for none
 */
public record TrainingJob(
        DecoderModel model,
        String baseFingerprint,
        TrainingData data,
        @Nullable AdapterSettings adapter,
        TrainingSettings settings,
        int threads,
        LongSupplier freeMemoryBytes,
        Path attemptDirectory,
        @Nullable Path initialAdapter,
        @Nullable Path resumeFrom,
        int validatedStep) {

    /** How much one thread computes at one time where the model lies. */
    DeviceLimits limits() {
        return DeviceLimits.of(model.scope().device());
    }

    /** Whether rows with the same prompt share it in a pass: where inputs of an adapter are dropped, each row's are others. */
    boolean sharesPrompts() {
        return adapter == null || adapter.dropout() == 0;
    }

    int computeThreads() {
        return Task.Machine.computeThreads(model.scope().device(), threads);
    }
}
