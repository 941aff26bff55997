package dev.anneal.engine.rollout;

import java.util.Set;
import java.util.function.Function;

/**
 * How a model's tokens read.
 *
 * @param ends tokens that end an answer
 * @param text of tokens, special ones left out
 */
public record Wording(Set<Integer> ends, Function<int[], String> text) {

    public Wording {
        ends = Set.copyOf(ends);
    }
}
