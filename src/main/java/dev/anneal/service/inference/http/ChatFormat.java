package dev.anneal.service.inference.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.protocol.ServeReply;
import dev.anneal.service.inference.Generation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Choices of {@code /v1/chat/completions}.
 *
 * @param withLogprobs whether the client asked for log-probabilities
 */
record ChatFormat(boolean withLogprobs) implements AnswerFormat {

    /** One answer. */
    record Choice(int index, Message message, TokenLogprob.@Nullable Content logprobs, String finishReason) {}

    /** The assistant's message; {@code refusal} is always null. */
    record Message(String role, String content, @Nullable String refusal) {}

    /** The next part of an answer, or its end. */
    record PartialChoice(
            int index,
            Delta delta,
            TokenLogprob.@Nullable Content logprobs,
            @Nullable String finishReason) {}

    /** The new text; the first one of an answer has the role, the last one is empty. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Delta(@Nullable String role, @Nullable String content) {}

    @Override
    public String idPrefix() {
        return "chatcmpl-";
    }

    @Override
    public String object() {
        return "chat.completion";
    }

    @Override
    public String partObject() {
        return "chat.completion.chunk";
    }

    @Override
    public Object whole(int index, Generation.Choice choice) {
        return new Choice(
                index,
                new Message("assistant", choice.text(), null),
                TokenLogprob.Content.of(withLogprobs, choice.tokens()),
                choice.finishReason());
    }

    @Override
    public Optional<Object> first(int index) {
        return Optional.of(new PartialChoice(index, new Delta("assistant", ""), null, null));
    }

    @Override
    public Object more(int index, ServeReply.Text text) {
        return new PartialChoice(
                index, new Delta(null, text.text()), TokenLogprob.Content.of(withLogprobs, text.tokens()), null);
    }

    @Override
    public Object end(int index, String finishReason) {
        return new PartialChoice(index, new Delta(null, null), null, finishReason);
    }
}
