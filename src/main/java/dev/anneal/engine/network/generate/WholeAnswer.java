package dev.anneal.engine.network.generate;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects an answer up to an end token, which is not part of it. */
final class WholeAnswer implements TokenSink {

    private final Set<Integer> ends;
    private int[] tokens = new int[16];
    private int length;
    private @Nullable Integer end;

    WholeAnswer(Set<Integer> ends) {
        this.ends = ends;
    }

    Answer answer() {
        return new Answer(Arrays.copyOf(tokens, length), end);
    }

    @Override
    public int topLogprobs() {
        return NO_LOGPROBS;
    }

    @Override
    public boolean take(ChosenToken token) {
        if (ends.contains(token.id())) {
            end = token.id();
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

    @Override
    public void failed(Throwable cause) {
        throw new IllegalStateException("a token could not be kept", cause);
    }
}
