package dev.anneal.engine.train;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.protocol.AdapterSettings;
import org.jspecify.annotations.Nullable;

/**
 * Whether activations are recomputed in the backward pass instead of kept. Results are bit-identical, so a training may
 * turn it on at any step; each layer's forward pass is then computed twice. Read by the compute threads.
 */
final class ActivationCheckpointing {

    private final boolean automatic;
    private volatile boolean on;

    /**
     * @param setting {@code on}, {@code off}, or {@code auto}, which starts with off
     */
    ActivationCheckpointing(String setting) {
        this.automatic = setting.equals("auto");
        this.on = setting.equals("on");
    }

    boolean isOn() {
        return on;
    }

    /** Turns it on if the setting is {@code auto}. Returns false if it is not, or if it was on already. */
    boolean turnOn() {
        boolean turned = automatic && !on;
        on |= turned;
        return turned;
    }

    /**
     * Maximum memory of a job's passes if activations are kept, in bytes: with the longest row in the micro-batch of
     * each thread, plus a fifth for fragmentation.
     */
    static long neededBytes(TrainingJob job) {
        int longest = Math.min(job.data().longestTokens(), job.model().config().maxPositions());
        long atOnce = job.limits()
                .tokensAtOnce(job.computeThreads(), longest * job.data().sequencesTogether());
        long ofStep = (long) job.settings().batchRows()
                * job.data().sequencesOfUnit()
                * Math.max(longest, sequenceTokens(job));
        return job.model().passBytes(Math.min(atOnce, ofStep), adapterWidth(job.adapter()), job.computeThreads())
                / 5
                * 6;
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
}
