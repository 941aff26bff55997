package dev.anneal.engine.network.generate;

import java.util.List;

/**
 * A token that was chosen for an answer.
 *
 * @param logprob natural logarithm of its probability as the model gives it, at temperature 1 and without filters; NaN where nobody asked for it
 * @param top the most likely tokens at its place, most likely first; as many as were asked for
 */
public record ChosenToken(int id, double logprob, List<Likely> top) {

    public ChosenToken {
        top = List.copyOf(top);
    }

    /** A token that might have been chosen. */
    public record Likely(int id, double logprob) {}

    static ChosenToken of(int id) {
        return new ChosenToken(id, Double.NaN, List.of());
    }
}
