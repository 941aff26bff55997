package dev.anneal.service.inference.http;

import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeReply.TokenCounts;
import dev.anneal.service.access.web.ErrorWriter;
import dev.anneal.service.access.web.ServerSentEvents;
import dev.anneal.service.inference.Generation;
import dev.anneal.service.platform.refusal.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The answer to a request for text, whole or streamed: OpenAI's envelope around the choices of a format. */
final class AnswerEnvelope {

    /**
     * A comment is sent after this long without data, to detect disconnected clients and to keep proxies from closing
     * the connection.
     */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private final String id;
    private final Instant created;
    private final AnswerRequest request;
    private final List<Generation> generations;

    /**
     * @param generations one for each prompt
     */
    AnswerEnvelope(String id, Instant created, AnswerRequest request, List<Generation> generations) {
        this.id = id;
        this.created = created;
        this.request = request;
        this.generations = generations;
    }

    /** Waits until all choices are complete. */
    AnswerBody whole() {
        List<Object> choices = new ArrayList<>();
        for (Generation generation : generations) {
            generation
                    .whole()
                    .choices()
                    .forEach(choice -> choices.add(request.format().whole(choices.size(), choice)));
        }
        return body(request.format().object(), choices, usage());
    }

    /**
     * Writes choices while they are generated, prompt after prompt.
     *
     * @throws IOException if the client has disconnected
     */
    void stream(ServerSentEvents events, JsonMapper json, ErrorWriter errors) throws IOException {
        for (int choice = 0; choice < generations.size() * request.choices(); choice++) {
            Optional<Object> first = request.format().first(choice);
            if (first.isPresent()) {
                send(events, json, part(first.get()));
            }
        }
        try {
            for (int prompt = 0; prompt < generations.size(); prompt++) {
                stream(events, json, generations.get(prompt), prompt * request.choices());
            }
        } catch (Refusal refusal) {
            events.write("data: " + errors.json(refusal) + "\n\n");
            return;
        }
        if (request.streaming().usage()) {
            send(events, json, body(request.format().partObject(), List.of(), usage()));
        }
        events.write("data: [DONE]\n\n");
    }

    private void stream(ServerSentEvents events, JsonMapper json, Generation generation, int firstChoice)
            throws IOException {
        while (!generation.isComplete()) {
            @Nullable ServeReply reply = generation.next(SILENCE);
            if (reply instanceof ServeReply.Text text) {
                send(events, json, part(request.format().more(firstChoice + text.choice(), text)));
            } else if (reply instanceof ServeReply.Ended ended) {
                send(events, json, part(request.format().end(firstChoice + ended.choice(), ended.reason())));
            } else {
                events.write(": working\n\n");
            }
        }
    }

    private static void send(ServerSentEvents events, JsonMapper json, AnswerBody part) throws IOException {
        events.write("data: " + json.writeValueAsString(part) + "\n\n");
    }

    private AnswerBody part(Object choice) {
        return body(request.format().partObject(), List.of(choice), null);
    }

    /** Tokens of all prompts and of the choices, when these are complete. */
    private AnswerBody.Usage usage() {
        int promptTokens =
                generations.stream().mapToInt(Generation::promptTokens).sum();
        TokenCounts tokens = generations.stream().map(Generation::tokens).reduce(TokenCounts.NONE, TokenCounts::plus);
        return AnswerBody.Usage.of(promptTokens, tokens);
    }

    private AnswerBody body(String object, List<Object> choices, AnswerBody.@Nullable Usage usage) {
        return new AnswerBody(
                id, object, created, request.model(), generations.get(0).fingerprint(), choices, usage);
    }
}
