package dev.anneal.engine.network.sampling;

import java.util.List;

/**
 * A token of an answer.
 *
 * @param logprob natural logarithm of its probability at temperature 1 and without filters; NaN if not requested
 * @param top the most likely tokens at its position, most likely first; as many as requested
 */
public record ChosenToken(int id, double logprob, List<Likely> top) {

    public ChosenToken {
        top = List.copyOf(top);
    }

    /** A likely token. */
    public record Likely(int id, double logprob) {}

    public static ChosenToken of(int id) {
        return new ChosenToken(id, Double.NaN, List.of());
    }
}
