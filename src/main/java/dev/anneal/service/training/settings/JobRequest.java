package dev.anneal.service.training.settings;

import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.TrainingMethod;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of a fine-tuning job: each value valid in itself, nothing yet checked against model and files.
 *
 * @param method with every default filled in
 * @param seed null lets the service draw one
 * @param adapter with every default filled in, and with what the initial adapter decides once that is found; null trains all weights
 * @param initialAdapter null for an adapter that begins with values of its own
 */
public record JobRequest(
        String model,
        String trainingFile,
        @Nullable String validationFile,
        @Nullable String suffix,
        @Nullable Integer seed,
        Map<String, String> metadata,
        TrainingMethod method,
        Hyperparameters hyperparameters,
        @Nullable AdapterSettings adapter,
        @Nullable InitialAdapter initialAdapter,
        TrainingOptions options) {

    /** Requests that were stored before there were other methods name none. */
    public JobRequest {
        method = Objects.requireNonNullElseGet(method, TrainingMethod.Supervised::new);
        metadata = Map.copyOf(metadata);
    }

    /**
     * The adapter that a training begins with.
     *
     * @param id of a job, checkpoint, export, tuned model or uploaded file
     * @param asked what the request says about the adapter beside it
     */
    public record InitialAdapter(String id, AdapterRequest asked) {}

    /** The same request with another method. */
    public JobRequest with(TrainingMethod other) {
        return with(other, adapter);
    }

    /**
     * The request with the settings of the adapter that {@link #initialAdapter} names.
     *
     * @throws dev.anneal.service.platform.refusal.Refusal where the request asks for another adapter than that
     */
    public JobRequest beginningWith(AdapterSettings initial) {
        InitialAdapter named = Objects.requireNonNull(initialAdapter, "the request names an initial adapter");
        return with(method, named.asked().continuing(initial, named.id()));
    }

    private JobRequest with(TrainingMethod otherMethod, @Nullable AdapterSettings otherAdapter) {
        return new JobRequest(
                model,
                trainingFile,
                validationFile,
                suffix,
                seed,
                metadata,
                otherMethod,
                hyperparameters,
                otherAdapter,
                initialAdapter,
                options);
    }
}
