package dev.anneal.engine.network.generate;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a model made of a prompt. */
public final class Answer {

    private final int[] tokens;
    private final @Nullable Integer end;

    Answer(int[] tokens, @Nullable Integer end) {
        this.tokens = tokens;
        this.end = end;
    }

    /** Its tokens without the end. */
    public int[] tokens() {
        return tokens.clone();
    }

    /** All tokens that were chosen: those of the answer, and the end if it came to one. */
    public int[] chosen() {
        if (end == null) {
            return tokens();
        }
        int[] all = Arrays.copyOf(tokens, tokens.length + 1);
        all[tokens.length] = end;
        return all;
    }

    /** Whether it was cut before it came to an end. */
    public boolean isCut() {
        return end == null;
    }
}
