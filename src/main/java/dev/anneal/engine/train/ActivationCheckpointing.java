package dev.anneal.engine.train;

import dev.anneal.engine.architecture.PassLimits;
import dev.anneal.engine.data.EncodedRow;
import dev.anneal.engine.lora.AdapterConfig;
import dev.anneal.protocol.AdapterSettings;
import org.jspecify.annotations.Nullable;

/**
 * Whether activations are computed again for the backward instead of kept. The result has the same bits, so a training may go over to it at any step; every
 * layer's forward is then computed twice. Read by the compute threads.
 */
final class ActivationCheckpointing {

    private final boolean automatic;
    private volatile boolean on;

    /**
     * @param setting {@code on}, {@code off}, or {@code auto}: on if the activations would not fit
     * @param neededBytes memory of the activations that are kept at one time
     */
    ActivationCheckpointing(String setting, long neededBytes, long freeBytes) {
        this.automatic = setting.equals("auto");
        this.on = setting.equals("on") || (automatic && neededBytes > freeBytes);
    }

    /** As a job's settings and the memory of its host have it. */
    static ActivationCheckpointing of(TrainingJob job) {
        return new ActivationCheckpointing(
                job.settings().activationCheckpointing(), neededBytes(job), job.freeMemoryBytes());
    }

    /** With the longest row in the micro-batch of each thread, and a fifth more for what is lost between tensors. */
    static long neededBytes(TrainingJob job) {
        int longest = job.training().stream().mapToInt(EncodedRow::length).max().orElse(0);
        long tokens = (long) job.computeThreads() * (PassLimits.MICRO_BATCH_TOKENS + longest);
        long ofStep = (long) job.settings().batchRows() * Math.max(longest, sequenceTokens(job));
        return Math.min(tokens, ofStep) * job.model().activationBytesPerToken(adapterWidth(job.adapter())) / 5 * 6;
    }

    private static int sequenceTokens(TrainingJob job) {
        return job.settings().packing() ? job.settings().maxLengthTokens() : 0;
    }

    private static int adapterWidth(@Nullable AdapterSettings settings) {
        if (settings == null) {
            return 0;
        }
        AdapterConfig config = CheckpointState.adapterConfig(settings);
        return config.rank() * config.targets().size();
    }

    boolean isOn() {
        return on;
    }

    /** Goes over to it where that is left to the engine; false if that is not so, or if it was on already. */
    boolean turnOn() {
        boolean turned = automatic && !on;
        on |= turned;
        return turned;
    }
}
