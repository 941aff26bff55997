package dev.anneal.service.inference.http;

import dev.anneal.protocol.ServeReply;
import dev.anneal.service.inference.Generation;
import dev.anneal.service.platform.refusal.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes answers while they are generated, those to one prompt after those to another. */
final class AnswerStream {

    /** After so long without news a sign of life is sent, so that a client that has gone is found out, and no proxy takes the stream for dead. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private final Chunks chunks;
    private final EventWriter events;
    private final int choicesOfAPrompt;
    private int completionTokens;

    AnswerStream(Chunks chunks, EventWriter events, int choicesOfAPrompt) {
        this.chunks = chunks;
        this.events = events;
        this.choicesOfAPrompt = choicesOfAPrompt;
    }

    /**
     * @param withUsage whether the last chunk says how many tokens there were
     * @throws IOException if the client has gone
     */
    void write(List<Generation> generations, boolean withUsage) throws IOException {
        for (int choice = 0; choice < generations.size() * choicesOfAPrompt; choice++) {
            Optional<Object> first = chunks.first(choice);
            if (first.isPresent()) {
                events.send(first.get());
            }
        }
        try {
            for (int prompt = 0; prompt < generations.size(); prompt++) {
                write(generations.get(prompt), prompt * choicesOfAPrompt);
            }
        } catch (Refusal refusal) {
            events.fail(refusal);
            return;
        }
        if (withUsage) {
            int promptTokens =
                    generations.stream().mapToInt(Generation::promptTokens).sum();
            events.send(chunks.usage(Usage.of(promptTokens, completionTokens)));
        }
        events.done();
    }

    private void write(Generation generation, int firstChoice) throws IOException {
        while (!generation.isComplete()) {
            @Nullable ServeReply reply = generation.next(SILENCE);
            if (reply instanceof ServeReply.Text text) {
                events.send(chunks.more(new ServeReply.Text(firstChoice + text.choice(), text.text(), text.tokens())));
            } else if (reply instanceof ServeReply.Ended ended) {
                completionTokens += ended.tokens();
                events.send(
                        chunks.end(new ServeReply.Ended(firstChoice + ended.choice(), ended.reason(), ended.tokens())));
            } else {
                events.comment();
            }
        }
    }
}
