package dev.anneal.engine.train.passes;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.train.state.TrainingJob;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingSettings;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Whether activations are recomputed in the backward pass instead of kept. Results are bit-identical, so a training may
 * turn it on at any step; each layer's forward pass is then computed twice. Read by the compute threads.
 */
public final class ActivationCheckpointing {

    static final String COMPUTED_AGAIN =
            "computed again for the backward, which takes about a third more time and changes no bit of the result";

    private final boolean automatic;
    private volatile boolean on;

    /**
     * @param setting {@code on}, {@code off}, or {@code auto}, which starts with off
     */
    public ActivationCheckpointing(String setting) {
        this.automatic = setting.equals("auto");
        this.on = setting.equals("on");
    }

    /** As the job's settings say. A draft head has a single layer, so there is nothing to recompute. */
    public static ActivationCheckpointing of(TrainingJob job) {
        TrainingSettings settings = job.settings();
        return new ActivationCheckpointing(settings.method().trainsHead() ? "off" : settings.activationCheckpointing());
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

    /** Turns it on from the first step if activations would not fit into memory. */
    public void turnOnIfNeeded(TrainingJob job, Consumer<Progress> progress) {
        long needed = neededBytes(job);
        long free = job.freeMemoryBytes().getAsLong();
        if (needed > free && turnOn()) {
            progress.accept(new Progress.Warning(
                    "the passes of a step would take %d MiB, and %d MiB of memory are free: activations are %s"
                            .formatted(needed >> 20, free >> 20, COMPUTED_AGAIN)));
        }
    }

    /**
     * Maximum memory of a job's passes if activations are kept, in bytes: with the longest row in the micro-batch of
     * each thread, plus a fifth for fragmentation.
     */
    public static long neededBytes(TrainingJob job) {
        int longest = Math.min(job.data().longestTokens(), job.model().config().maxPositions());
        long atOnce = job.limits()
                .tokensAtOnce(job.computeThreads(), longest * job.data().sequencesTogether());
        long ofStep = (long) job.settings().batchRows()
                * job.data().sequencesOfUnit()
                * Math.max(longest, sequenceTokens(job));
        return job.model().passBytes(Math.min(atOnce, ofStep), adapterWidth(job.adapterConfig()), job.computeThreads())
                / 5
                * 6;
    }

    private static int sequenceTokens(TrainingJob job) {
        return job.settings().packing() ? job.settings().maxLengthTokens() : 0;
    }

    private static int adapterWidth(@Nullable AdapterConfig config) {
        return config == null ? 0 : config.widerRank() * config.targets().size();
    }
}
