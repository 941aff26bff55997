package dev.anneal.service.inference.http;

import dev.anneal.protocol.ServeReply;
import dev.anneal.service.inference.Generation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What all parts of the answers to one request have in common, and how far each has come. */
final class CompletionFrame implements Chunks {

    private final String id;
    private final long created;
    private final CompletionRequest request;
    private final String fingerprint;

    /** Length of the tokens that were told of each choice. */
    private final Map<Integer, Integer> offsets = new HashMap<>();

    CompletionFrame(String id, long created, CompletionRequest request, String fingerprint) {
        this.id = id;
        this.created = created;
        this.request = request;
        this.fingerprint = fingerprint;
    }

    CompletionBody whole(List<Generation.Whole> answers) {
        List<CompletionBody.Choice> choices = new ArrayList<>();
        for (Generation.Whole answer : answers) {
            for (Generation.Choice choice : answer.choices()) {
                choices.add(new CompletionBody.Choice(
                        choice.text(),
                        choices.size(),
                        logprobs(choices.size(), choice.tokens()),
                        choice.finishReason()));
            }
        }
        return body(
                choices,
                Usage.of(
                        answers.stream()
                                .mapToInt(Generation.Whole::promptTokens)
                                .sum(),
                        answers.stream()
                                .mapToInt(Generation.Whole::completionTokens)
                                .sum()));
    }

    @Override
    public Optional<Object> first(int choice) {
        return Optional.empty();
    }

    @Override
    public CompletionBody more(ServeReply.Text text) {
        return part(
                new CompletionBody.Choice(text.text(), text.choice(), logprobs(text.choice(), text.tokens()), null));
    }

    @Override
    public CompletionBody end(ServeReply.Ended ended) {
        return part(new CompletionBody.Choice("", ended.choice(), null, ended.reason()));
    }

    @Override
    public CompletionBody usage(Usage usage) {
        return body(List.of(), usage);
    }

    private CompletionBody.@Nullable Logprobs logprobs(int choice, List<ServeReply.Token> tokens) {
        if (request.decoding().topLogprobs() == null) {
            return null;
        }
        int offset = offsets.getOrDefault(choice, 0);
        offsets.put(
                choice,
                offset
                        + tokens.stream()
                                .mapToInt(token -> token.text().length())
                                .sum());
        return CompletionBody.Logprobs.of(tokens, offset);
    }

    private CompletionBody part(CompletionBody.Choice choice) {
        return body(List.of(choice), null);
    }

    private CompletionBody body(List<CompletionBody.Choice> choices, @Nullable Usage usage) {
        return new CompletionBody(id, "text_completion", created, request.model(), fingerprint, choices, usage);
    }
}
