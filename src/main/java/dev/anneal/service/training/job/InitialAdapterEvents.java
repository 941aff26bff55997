package dev.anneal.service.training.job;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.service.training.history.JobEvent;
import java.util.Optional;

/** What a job's events say about the adapter that it begins with. */
final class InitialAdapterEvents {

    private InitialAdapterEvents() {}

    /** A line of events. */
    record Line(JobEvent.Level level, String message) {}

    /** Nothing for an adapter that begins with values of its own. */
    static Optional<Line> of(JobInputs inputs) {
        InitialAdapter initial = inputs.initialAdapter();
        AdapterSettings adapter = inputs.request().adapter();
        if (initial == null || adapter == null) {
            return Optional.empty();
        }
        String begins = "Training begins with the adapter of %s: rank %d, alpha %s%s, targets %s; "
                .formatted(
                        initial.described(),
                        adapter.rank(),
                        adapter.alpha(),
                        adapter.rslora() ? " (rslora)" : "",
                        String.join(", ", adapter.targetModules()));
        return Optional.of(
                adapter.activation().equals(AdapterConfig.NO_ACTIVATION)
                        ? new Line(JobEvent.Level.INFO, begins + "it stays linear, beta is 0 from the first step on")
                        : new Line(
                                JobEvent.Level.WARN,
                                begins
                                        + "the schedule that was asked for begins with beta above 0, where the activation '"
                                        + adapter.activation() + "' makes it compute another function than it did"));
    }
}
