package dev.anneal.engine.run.serve;

import org.jspecify.annotations.Nullable;

/** Whether a prompt and what is asked for fit into a model's context. */
final class ContextCheck {

    private ContextCheck() {}

    /**
     * Tokens that an answer may have.
     *
     * @param asked tokens that the request wants at most; null for what is left
     * @throws RequestException {@code context_length_exceeded}
     */
    static int newTokens(int promptTokens, @Nullable Integer asked, int context) {
        int wanted = asked == null ? 1 : asked;
        if (promptTokens + (long) wanted > context) {
            throw new RequestException(
                    "context_length_exceeded",
                    "this model's context holds %,d tokens here, but the request needs %,d: %,d of the prompt and %s of the answer. Shorten the prompt or lower max_tokens"
                            .formatted(
                                    context,
                                    promptTokens + (long) wanted,
                                    promptTokens,
                                    asked == null ? "at least one" : "%,d".formatted(asked)));
        }
        if (promptTokens == 0) {
            throw new RequestException("invalid_value", "the prompt has no tokens; give at least one");
        }
        return asked == null ? context - promptTokens : asked;
    }
}
