package dev.anneal.engine.network.sampling;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A model's answer to a prompt.
 *
 * @param tokens tokens without the end token; must not be changed
 * @param end the end token; null if it was cut before
 * @param steps number of passes of the model after that of the prompt
 * @param draftTokens number of draft tokens that they read
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares answers
public record Answer(int[] tokens, @Nullable Integer end, int steps, int draftTokens) {

    /** All chosen tokens, including the end token if there is one. */
    public int[] chosen() {
        if (end == null) {
            return tokens;
        }
        int[] all = Arrays.copyOf(tokens, tokens.length + 1);
        all[tokens.length] = end;
        return all;
    }

    /** Number of draft tokens that the model chose too. The pass of the prompt gives the first token. */
    public int acceptedDraftTokens() {
        return Math.max(0, chosen().length - 1 - steps);
    }

    /** Whether it was cut before its end. */
    public boolean isCut() {
        return end == null;
    }
}
