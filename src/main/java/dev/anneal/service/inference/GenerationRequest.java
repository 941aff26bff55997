package dev.anneal.service.inference;

import dev.anneal.protocol.ServeRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request for generated text.
 *
 * @param model name of a base model, a tuned model or a checkpoint of one, as {@code /v1/models} lists them
 * @param prediction text that the answers probably have; null if none is expected. It saves time and changes no answer
 * @param draft the draft that proposes tokens; likewise
 */
public record GenerationRequest(
        String model,
        ServeRequest.Input input,
        @Nullable String prediction,
        DraftChoice draft,
        ServeRequest.Decoding decoding) {

    /** A request without a prediction, with the model's default draft. */
    public GenerationRequest(String model, ServeRequest.Input input, ServeRequest.Decoding decoding) {
        this(model, input, null, DraftChoice.DEFAULT, decoding);
    }
}
