package dev.anneal.service.training.settings;

import dev.anneal.protocol.Setting;
import dev.anneal.service.platform.request.KeyTable;
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
        @Setting(range = "[1, 256]", auto = true) @Nullable Integer batchSize,
        @Setting(range = "(0, )", auto = true) @Nullable Double learningRateMultiplier,

        @Setting(key = "n_epochs", range = "[1, 50]", auto = true) @Nullable
        Integer epochs) {

    /** Values for the API: numbers, or {@code "auto"} if the service has not chosen yet. */
    public Map<String, Object> toWire() {
        return KeyTable.shown(this);
    }
}
