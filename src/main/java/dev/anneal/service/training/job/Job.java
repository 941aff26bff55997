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
 * A fine-tuning job as it stands now.
 *
 * @param number internal key
 * @param seed the request's, or the one that was drawn
 * @param baseRevision commit of the Hub that the base model was when the job was created; null for one from the operator's folder
 * @param settings null until its files are counted
 * @param result null until it has succeeded
 * @param hasMergeableCheckpoint whether a checkpoint with beta 0 exists
 * @param work its training as the queue sees it; its state is the job's
 */
public record Job(
        long number,
        String id,
        String tenantId,
        Instant createdAt,
        JobRequest request,
        int seed,
        @Nullable String baseRevision,
        @Nullable ResolvedSettings settings,
        Pace pace,
        boolean hasMergeableCheckpoint,
        @Nullable Result result,
        Work work) {

    /**
     * How far the training is and how fast it goes.
     *
     * @param step steps done by the current attempt
     * @param epoch share of the data seen, in epochs; null before the first step
     * @param tokens tokens read so far, padding not counted
     * @param tokensPerSecond over the last steps; null before the first
     * @param secondsPerStep over the last steps; null before the first
     * @param interludes what it waits for between steps
     * @param deviceMemory null on CPUs
     */
    public record Pace(
            int step,
            @Nullable Double epoch,
            long tokens,
            @Nullable Double tokensPerSecond,
            @Nullable Double secondsPerStep,
            Interludes interludes,
            @Nullable DeviceMemory deviceMemory) {}

    /**
     * What a training has done beside steps, in all attempts.
     *
     * @param secondsSinceStep since the newest step was recorded, 0 before the first
     */
    public record Interludes(
            int validations,
            double validationSeconds,
            int checkpoints,
            double checkpointSeconds,
            double secondsSinceStep) {}

    /**
     * Memory of the CUDA device that trained the job last.
     *
     * @param peakBytes the most that was held of it in any attempt
     */
    public record DeviceMemory(String device, long totalBytes, long peakBytes) {}

    /** What a training has made. */
    public record Result(String fineTunedModel, long trainedTokens, String resultFile) {}

    public WorkState state() {
        return work.state();
    }

    /** The coefficient with which training would go on now; 0 once it has succeeded. */
    public double beta() {
        AdapterSettings adapter = request.adapter();
        if (adapter == null || isLinear()) {
            return 0;
        }
        AnnealingSchedule schedule = scheduleOf(adapter);
        return settings == null || pace.step() == 0
                ? schedule.betaAt(0, Integer.MAX_VALUE)
                : schedule.betaAt(pace.step(), settings.training().totalSteps());
    }

    /** Whether there is no activation to anneal: a plain LoRA, or no adapter at all. */
    public boolean isLinear() {
        AdapterSettings adapter = request.adapter();
        return adapter == null || AdapterConfig.NO_ACTIVATION.equals(adapter.activation());
    }

    /** Whether all weights of the model are trained, and no adapter. */
    public boolean isFullTraining() {
        return request.adapter() == null;
    }

    private static AnnealingSchedule scheduleOf(AdapterSettings adapter) {
        AdapterSettings.Schedule schedule = adapter.schedule();
        return AnnealingSchedule.of(schedule.shape(), schedule.start(), schedule.end());
    }

    /** Total optimizer steps, or null while its files are being counted. */
    public @Nullable Integer totalSteps() {
        return settings == null ? null : settings.training().totalSteps();
    }

    /** First step whose beta is 0, or null while its files are being counted. */
    public @Nullable Integer annealedAtStep() {
        return settings == null ? null : settings.annealedAtStep();
    }

    /** Name of the model that the job makes or has made, as {@code ft:<base>:<tenant>:<suffix>:<short id>}. */
    public String modelName() {
        return TunedModelName.of(this);
    }
}
