package dev.anneal.service.inference.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer of {@code /v1/chat/completions}, OpenAI's {@code chat.completion}. */
record ChatBody(
        String id,
        String object,
        long created,
        String model,
        String systemFingerprint,
        List<Choice> choices,
        Usage usage) {

    /** One answer. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Choice(int index, Message message, TokenLogprob.@Nullable Content logprobs, String finishReason) {}

    /** What the assistant says; {@code refusal} is always null. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Message(String role, String content, @Nullable String refusal) {

        static Message of(String content) {
            return new Message("assistant", content, null);
        }
    }
}
