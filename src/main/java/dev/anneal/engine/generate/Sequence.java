package dev.anneal.engine.generate;

import java.util.Arrays;
import java.util.Set;

/** A prompt and its answer so far. */
final class Sequence {

    private final Sampling sampling;
    private final int[] tokens;
    private int[] unread;
    private int length;
    private boolean ended;

    /** @param context tokens of prompt and answer together, at most */
    Sequence(Prompt prompt, int context) {
        this.sampling = prompt.sampling();
        this.unread = prompt.tokens();
        this.tokens = new int[Math.max(0, Math.min(prompt.maxNewTokens(), context - prompt.tokens().length))];
        this.ended = tokens.length == 0;
    }

    Sampling sampling() {
        return sampling;
    }

    /** What the model is to read next. */
    int[] unread() {
        return unread;
    }

    /** Tokens of the answer so far. */
    int length() {
        return length;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Tokens that a cache has to hold at the end: the last one of an answer is never read. */
    int cachedTokens() {
        return unread.length + tokens.length - 1;
    }

    void take(int token, Set<Integer> ends) {
        if (ends.contains(token)) {
            ended = true;
            return;
        }
        tokens[length++] = token;
        unread = new int[] {token};
        ended = length == tokens.length;
    }

    int[] answer() {
        return Arrays.copyOf(tokens, length);
    }
}
