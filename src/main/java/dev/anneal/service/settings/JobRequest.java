package dev.anneal.service.settings;

import dev.anneal.protocol.AdapterSettings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of a fine-tuning job: each value valid in itself, nothing yet checked against model and files.
 *
 * @param seed null lets the service draw one
 * @param adapter with every default filled in
 */
public record JobRequest(
        String model,
        String trainingFile,
        @Nullable String validationFile,
        @Nullable String suffix,
        @Nullable Integer seed,
        Map<String, String> metadata,
        Hyperparameters hyperparameters,
        AdapterSettings adapter,
        TrainingOptions options) {

    public JobRequest {
        metadata = Map.copyOf(metadata);
    }
}
