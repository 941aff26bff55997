package dev.anneal.service.training.job;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AnnealingSchedule;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.ResolvedSettings;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A fine-tuning job in its current state.
 *
 * @param number internal key
 * @param baseRevision the base model's commit on the Hub when the job was created; null for one from the operator's
 *     folder
 * @param target target of the draft that is trained; null if none is
 * @param initialAdapter where the adapter is that it begins with; null for none
 * @param draftCheckpoint internal key of the checkpoint of the draft of rollouts, which may be another tenant's; null
 *     for none
 * @param settings resolved settings; null until its files are counted
 * @param result the result; null until it has succeeded
 * @param hasMergeableCheckpoint whether a checkpoint with beta 0 exists
 * @param work its work in the queue, whose state is the job's
 */
public record Job(
        long number,
        String id,
        String tenantId,
        Instant createdAt,
        JobRequest request,
        @Nullable String baseRevision,
        @Nullable DraftTarget target,
        InitialAdapter.@Nullable Origin initialAdapter,
        @Nullable Long draftCheckpoint,
        @Nullable ResolvedSettings settings,
        Pace pace,
        boolean hasMergeableCheckpoint,
        @Nullable Result result,
        Work work) {

    /**
     * Progress and speed of the training.
     *
     * @param step steps done by the current attempt
     * @param epoch epochs done, with fraction; null before the first step
     * @param tokens tokens read so far, without padding
     * @param sharedTokens how many of these were not computed, because the same beginning of another row was
     * @param tokensPerSecond mean over the last steps; null before the first
     * @param secondsPerStep mean over the last steps; null before the first
     * @param interludes work between steps
     * @param deviceMemory null on CPUs
     */
    public record Pace(
            int step,
            @Nullable Double epoch,
            long tokens,
            long sharedTokens,
            @Nullable Double tokensPerSecond,
            @Nullable Double secondsPerStep,
            Interludes interludes,
            @Nullable DeviceMemory deviceMemory) {}

    /**
     * Work between steps, in all attempts.
     *
     * @param secondsSinceStep time since the newest step was recorded, 0 before the first
     */
    public record Interludes(
            int validations,
            double validationSeconds,
            int checkpoints,
            double checkpointSeconds,
            double secondsSinceStep) {}

    /**
     * Memory of the job's last CUDA device.
     *
     * @param peakBytes peak use in any attempt
     */
    public record DeviceMemory(String device, long totalBytes, long peakBytes) {}

    /** Result of a training. */
    public record Result(String fineTunedModel, long trainedTokens, String resultFile) {}

    public WorkState state() {
        return work.state();
    }

    /** Annealing coefficient of the next step; 0 once it has succeeded. */
    public double beta() {
        AdapterSettings adapter = request.adapter();
        if (adapter == null || isLinear()) {
            return 0;
        }
        AnnealingSchedule schedule = AnnealingSchedule.of(adapter.schedule());
        return settings == null || pace.step() == 0
                ? schedule.betaAt(0, Integer.MAX_VALUE)
                : schedule.betaAt(pace.step(), settings.training().totalSteps());
    }

    /** Whether there is no activation to anneal: a plain LoRA, or no adapter at all. */
    public boolean isLinear() {
        AdapterSettings adapter = request.adapter();
        return adapter == null || AdapterConfig.NO_ACTIVATION.equals(adapter.activation());
    }

    /** Whether all weights of the model are trained instead of an adapter. */
    public boolean isFullTraining() {
        return request.adapter() == null;
    }

    /**
     * The resolved settings.
     *
     * @throws IllegalStateException if its files are not counted
     */
    public ResolvedSettings requireSettings() {
        if (settings == null) {
            throw new IllegalStateException("the settings of job " + id + " are not resolved");
        }
        return settings;
    }

    /** Total optimizer steps, or null while its files are being counted. */
    public @Nullable Integer totalSteps() {
        return settings == null ? null : settings.training().totalSteps();
    }

    /** First step whose beta is 0, or null while its files are being counted. */
    public @Nullable Integer annealedAtStep() {
        return settings == null ? null : settings.annealedAtStep();
    }

    /** Name of the job's model, {@code ft:<base>:<tenant>:<suffix>:<short id>}. */
    public String modelName() {
        return TunedModelName.of(this);
    }
}
