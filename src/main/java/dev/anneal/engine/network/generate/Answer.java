package dev.anneal.engine.network.generate;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a model answers to a prompt.
 *
 * @param tokens without the end; not to be changed
 * @param end the token that ended it; null if it was cut before
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares answers
public record Answer(int[] tokens, @Nullable Integer end) {

    /** All tokens that were chosen: those of the answer, and the end if it came to one. */
    public int[] chosen() {
        if (end == null) {
            return tokens;
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
