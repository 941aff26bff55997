package dev.anneal.engine.generate;

import java.util.Arrays;
import java.util.Set;

/** Keeps an answer up to an end token, which is not part of it. */
final class WholeAnswer implements TokenSink {

    private final Set<Integer> ends;
    private int[] tokens = new int[16];
    private int length;

    WholeAnswer(Set<Integer> ends) {
        this.ends = ends;
    }

    int[] tokens() {
        return Arrays.copyOf(tokens, length);
    }

    @Override
    public int topLogprobs() {
        return NO_LOGPROBS;
    }

    @Override
    public boolean take(ChosenToken token) {
        if (ends.contains(token.id())) {
            return false;
        }
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * length);
        }
        tokens[length++] = token.id();
        return true;
    }

    @Override
    public boolean isCancelled() {
        return false;
    }

    @Override
    public void cut() {}

    /** What failed comes out of the decoder itself. */
    @Override
    public void failed(Throwable cause) {}
}
