package dev.anneal.engine.train.rollout;

import dev.anneal.engine.text.data.ChatEncoder;
import java.util.Set;
import java.util.function.Function;

/**
 * Turns a model's tokens into text.
 *
 * @param ends tokens that end an answer
 * @param text decodes tokens without special ones
 */
public record Detokenizer(Set<Integer> ends, Function<int[], String> text) {

    public Detokenizer {
        ends = Set.copyOf(ends);
    }

    /**
     * @param encoder encoder of the model; its tokenizer must stay open while this is used
     */
    public static Detokenizer of(ChatEncoder encoder) {
        return new Detokenizer(encoder.endsOfTurn(), encoder::text);
    }
}
