package dev.anneal.service.training.settings;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's hyperparameters of a supervised job; null stands for {@code "auto"}.
 *
 * @param batchSize rows of one optimizer step before gradient accumulation
 * @param learningRateMultiplier factor of the base model's learning rate
 * @param epochs passes over the training file
 */
public record Hyperparameters(
        @Nullable Integer batchSize,
        @Nullable Double learningRateMultiplier,
        @Nullable Integer epochs) {

    /** Values for the API: numbers, or {@code "auto"} if the service has not chosen yet. */
    public Map<String, Object> toWire() {
        Map<String, Object> wire = new LinkedHashMap<>();
        wire.put("batch_size", orAuto(batchSize));
        wire.put("learning_rate_multiplier", orAuto(learningRateMultiplier));
        wire.put("n_epochs", orAuto(epochs));
        return wire;
    }

    private static Object orAuto(@Nullable Number value) {
        return value == null ? "auto" : value;
    }
}
