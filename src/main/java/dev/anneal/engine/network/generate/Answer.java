package dev.anneal.engine.network.generate;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A model's answer to a prompt.
 *
 * @param tokens tokens without the end token; must not be changed
 * @param end the end token; null if it was cut before
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares answers
public record Answer(int[] tokens, @Nullable Integer end) {

    /** All chosen tokens, including the end token if there is one. */
    public int[] chosen() {
        if (end == null) {
            return tokens;
        }
        int[] all = Arrays.copyOf(tokens, tokens.length + 1);
        all[tokens.length] = end;
        return all;
    }

    /** Whether it was cut before its end. */
    public boolean isCut() {
        return end == null;
    }
}
