package dev.anneal.service.inference.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a streamed chat, OpenAI's {@code chat.completion.chunk}.
 *
 * @param usage of all answers, in the last chunk if it was asked for; absent elsewhere
 */
record ChatChunk(
        String id,
        String object,
        long created,
        String model,
        String systemFingerprint,
        List<Choice> choices,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Usage usage) {

    /** More of one answer, or its end. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Choice(
            int index,
            Delta delta,
            TokenLogprob.@Nullable Content logprobs,
            @Nullable String finishReason) {}

    /** What is new; the first one of an answer names the role, the last one is empty. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Delta(@Nullable String role, @Nullable String content) {

        static final Delta FIRST = new Delta("assistant", "");
        static final Delta NOTHING = new Delta(null, null);

        static Delta of(String content) {
            return new Delta(null, content);
        }
    }
}
