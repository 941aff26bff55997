package dev.anneal.service.models.catalog;

import dev.anneal.engine.network.architecture.ModelConfig;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A base model that jobs can train, with checked, consistent files.
 *
 * @param id name that clients use, {@code name} or {@code org/name}
 * @param directory Hugging Face directory on this machine
 * @param revision commit on the Hub; null for a model from the operator's folder
 * @param createdAt when its configuration was written
 * @param ownedBy the {@code org} of the id, or {@code anneal}
 * @param config configuration from the model's {@code config.json}
 * @param parameters number of weights
 * @param baseLearningRate peak learning rate for {@code learning_rate_multiplier} 1
 * @param tokenizer hash of the files that decide how text becomes tokens, including the chat template
 * @param vocabulary hash of the tokens with their ids; of models with the same one either can propose tokens for the
 *     other
 */
public record BaseModel(
        String id,
        Path directory,
        @Nullable String revision,
        Instant createdAt,
        String ownedBy,
        ModelConfig config,
        long parameters,
        double baseLearningRate,
        String tokenizer,
        String vocabulary) {

    /** The bundled model: default of the demo and of the tests. */
    public static final String BUNDLED = "anneal-tiny";

    /** Maximum length of a text in tokens. */
    public int contextTokens() {
        return config.maxPositions();
    }
}
