package dev.anneal.service.inference.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.protocol.ServeReply;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.json.JsonMapper;

/**
 * An answer or a part of one: OpenAI's {@code chat.completion}, {@code chat.completion.chunk} or
 * {@code text_completion}.
 *
 * @param choices as the {@link AnswerFormat} writes them
 * @param usage absent in parts, except in the last one if requested
 */
record AnswerBody(
        String id,
        String object,
        Instant created,
        String model,
        String systemFingerprint,
        List<?> choices,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Usage usage) {

    /** Writes it piece by piece, because with log-probabilities its text is long. */
    void write(OutputStream out, JsonMapper json) throws IOException {
        try {
            json.writeValue(out, this);
        } catch (JacksonIOException e) {
            throw e.getCause();
        }
    }

    /** Tokens of a request and its answers. */
    record Usage(
            int promptTokens,
            int completionTokens,
            int totalTokens,
            PromptDetails promptTokensDetails,
            CompletionDetails completionTokensDetails) {

        static Usage of(int promptTokens, ServeReply.TokenCounts tokens) {
            return new Usage(
                    promptTokens,
                    tokens.completion(),
                    promptTokens + tokens.completion(),
                    new PromptDetails(tokens.cachedPrompt()),
                    new CompletionDetails(tokens.acceptedDraft(), tokens.rejectedDraft()));
        }
    }

    /** Tokens of prompts that were not read again. */
    record PromptDetails(int cachedTokens) {}

    /** Draft tokens; unlike OpenAI's, rejected ones are in no other count. */
    record CompletionDetails(int acceptedPredictionTokens, int rejectedPredictionTokens) {}
}
