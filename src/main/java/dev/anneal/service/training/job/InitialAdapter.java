package dev.anneal.service.training.job;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.service.training.history.Checkpoint;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.history.JobEvent;
import org.jspecify.annotations.Nullable;

/**
 * The adapter that a job begins with. The transaction that found it keeps its checkpoint or file from being deleted until it ends.
 *
 * @param settings its rank, scale and targets, and the dropout that it was trained with
 * @param checkpoint that holds it; null if a file does
 * @param fileId of the uploaded archive that holds it; null if a checkpoint does
 * @param described where it comes from, in words
 */
record InitialAdapter(
        AdapterSettings settings,
        @Nullable Checkpoint checkpoint,
        @Nullable String fileId,
        String described) {

    /** Writes into the job's events which adapter it begins with. */
    void announce(Events events, long job, AdapterSettings adapter) {
        String begins = "Training begins with the adapter of %s: rank %d, alpha %s%s, targets %s; "
                .formatted(
                        described,
                        adapter.rank(),
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
