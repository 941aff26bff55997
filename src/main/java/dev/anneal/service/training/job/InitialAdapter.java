package dev.anneal.service.training.job;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.history.JobEvent;
import org.jspecify.annotations.Nullable;

/**
 * The adapter that a job starts from, or all weights of a draft. The transaction that found it protects its checkpoint
 * or file from deletion until it ends.
 *
 * @param settings its rank, scale and targets, and the dropout that it was trained with; null if there is no adapter
 * @param method the method that trained it; null if it was uploaded
 * @param described description of its origin
 */
public record InitialAdapter(
        @Nullable AdapterSettings settings, @Nullable TrainingMethod method, Origin origin, String described) {

    /**
     * Where it is: exactly one of the two.
     *
     * @param checkpoint internal key of a checkpoint
     * @param fileId id of an uploaded archive
     */
    public record Origin(
            @Nullable Long checkpoint, @Nullable String fileId) {}

    /** Writes the adapter to the job's events. */
    public void announce(Events events, long job, @Nullable AdapterSettings adapter) {
        if (adapter == null) {
            events.info(job, "Training begins with all weights of " + described);
            return;
        }
        String begins = "Training begins with the adapter of %s: rank %d%s, alpha %s%s, targets %s; "
                .formatted(
                        described,
                        adapter.rank(),
                        adapter.signGroups() == 1 ? "" : ", %d groups of signs".formatted(adapter.signGroups()),
                        adapter.alpha(),
                        adapter.rslora() ? " (rslora)" : "",
                        String.join(", ", adapter.targetModules()));
        if (adapter.activation().equals(AdapterConfig.NO_ACTIVATION)) {
            events.info(job, begins + "it stays linear, beta is 0 from the first step on");
        } else {
            events.append(
                    job,
                    JobEvent.Level.WARN,
                    begins + "the schedule that was asked for begins with beta above 0, where the activation '"
                            + adapter.activation() + "' makes it compute another function than it did");
        }
    }
}
