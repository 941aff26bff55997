package dev.anneal.engine.run;

import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.TrainTask;
import dev.anneal.protocol.TrainingSettings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Advice for a training that does not fit into its device's memory: the settings that reduce memory, with their values.
 */
final class MemoryRemedy {

    private MemoryRemedy() {}

    /**
     * @param longest tokens of the longest training row after truncation, plus those of a completion if they are
     *     sampled
     */
    static String of(TrainTask task, int longest) {
        TrainingSettings settings = task.settings();
        List<String> remedies = new ArrayList<>();
        if (settings.activationCheckpointing().equals("off")) {
            remedies.add("leave anneal.activation_checkpointing at 'auto' (it is 'off')");
        }
        int completion = settings.method().maxCompletionTokens();
        if (completion > 0) {
            remedies.add("lower anneal.rollouts.max_completion_tokens (it is %d)".formatted(completion));
        }
        int length = settings.packing()
                ? settings.maxLengthTokens()
                : Math.min(longest - completion, settings.maxLengthTokens());
        remedies.add("lower anneal.max_length (%s %d tokens)"
                .formatted(settings.packing() ? "sequences are packed to" : "the longest row has", length));
        if (settings.batchRows() > 1) {
            remedies.add("lower batch_size (it is %d)".formatted(settings.batchRows()));
        }
        @Nullable AdapterSettings adapter = task.adapter();
        if (adapter != null
                && !settings.method().trainsHead()
                && !settings.basePrecision().equals(TrainingSettings.NF4)) {
            remedies.add("set anneal.base_precision to 'nf4'");
        }
        if (adapter != null && adapter.signGroups() > 1) {
            remedies.add("set afa_lora.sign_groups to 1 (it is %d)".formatted(adapter.signGroups()));
        }
        remedies.add(
                adapter == null
                        ? "train an adapter instead of all weights (anneal.adapter is 'none')"
                        : "lower afa_lora.rank (it is %d)".formatted(adapter.rank()));
        return "%s does not have enough memory for this training of %s: %s"
                .formatted(task.machine().device(), task.model().id(), String.join(", or ", remedies));
    }
}
