package dev.anneal.engine.train.rollout;

import dev.anneal.engine.text.data.ChatEncoder;
import java.util.Set;
import java.util.function.Function;

/**
 * How a model's tokens become text.
 *
 * @param ends tokens that end an answer
 * @param text of tokens, special ones left out
 */
public record Detokenizer(Set<Integer> ends, Function<int[], String> text) {

    public Detokenizer {
        ends = Set.copyOf(ends);
    }

    /** @param encoder of the model; its tokenizer stays open as long as text is asked for */
    public static Detokenizer of(ChatEncoder encoder) {
        return new Detokenizer(encoder.endsOfTurn(), encoder::text);
    }
}
