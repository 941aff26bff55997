package dev.anneal.service.inference.http;

import dev.anneal.protocol.ServeReply;
import dev.anneal.service.inference.Generation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What all parts of one chat's answer have in common. */
record ChatFrame(String id, long created, String model, String fingerprint, boolean withLogprobs) implements Chunks {

    ChatBody whole(Generation.Whole whole) {
        List<ChatBody.Choice> choices = new ArrayList<>();
        for (Generation.Choice choice : whole.choices()) {
            choices.add(new ChatBody.Choice(
                    choices.size(),
                    ChatBody.Message.of(choice.text()),
                    TokenLogprob.Content.of(withLogprobs, choice.tokens()),
                    choice.finishReason()));
        }
        return new ChatBody(
                id,
                "chat.completion",
                created,
                model,
                fingerprint,
                choices,
                Usage.of(whole.promptTokens(), whole.completionTokens()));
    }

    @Override
    public Optional<Object> first(int choice) {
        return Optional.of(chunk(new ChatChunk.Choice(choice, ChatChunk.Delta.FIRST, null, null)));
    }

    @Override
    public ChatChunk more(ServeReply.Text text) {
        return chunk(new ChatChunk.Choice(
                text.choice(),
                ChatChunk.Delta.of(text.text()),
                TokenLogprob.Content.of(withLogprobs, text.tokens()),
                null));
    }

    @Override
    public ChatChunk end(ServeReply.Ended ended) {
        return chunk(new ChatChunk.Choice(ended.choice(), ChatChunk.Delta.NOTHING, null, ended.reason()));
    }

    @Override
    public ChatChunk usage(Usage usage) {
        return chunk(List.of(), usage);
    }

    private ChatChunk chunk(ChatChunk.Choice choice) {
        return chunk(List.of(choice), null);
    }

    private ChatChunk chunk(List<ChatChunk.Choice> choices, @Nullable Usage usage) {
        return new ChatChunk(id, "chat.completion.chunk", created, model, fingerprint, choices, usage);
    }
}
