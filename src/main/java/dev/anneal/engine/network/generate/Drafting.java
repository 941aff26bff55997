package dev.anneal.engine.network.generate;

import org.jspecify.annotations.Nullable;

/**
 * How many draft tokens the steps of a {@link Decoder} read, which changes no answer.
 *
 * @param tokens always this many of each sequence that has them; null for as many as measured times make worthwhile
 */
public record Drafting(@Nullable Integer tokens) {

    /** One token of each sequence in a step. */
    public static final Drafting NONE = fixed(0);

    /** As many as measured times make worthwhile. */
    public static final Drafting MEASURED = new Drafting(null);

    /** Always this many, as acceptance lengths are measured. */
    public static Drafting fixed(int tokens) {
        return new Drafting(tokens);
    }
}
