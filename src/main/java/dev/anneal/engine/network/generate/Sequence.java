package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.model.AppliedAdapter;
import java.util.Arrays;

/** A prompt and its answer so far. */
final class Sequence {

    private final Sampling sampling;
    private final AppliedAdapter adapter;
    private final TokenSink sink;
    private final int room;
    private int[] unread;
    private int length;
    private boolean ended;

    /**
     * @param adapter adapter at its own beta; must stay open until the sequence has left its lane
     * @param context maximum number of tokens of prompt and answer together
     * @param sink takes the answer
     */
    Sequence(Prompt prompt, AppliedAdapter adapter, int context, TokenSink sink) {
        this.sampling = prompt.sampling();
        this.adapter = adapter;
        this.sink = sink;
        this.unread = prompt.tokens();
        this.room = Math.max(0, Math.min(prompt.maxNewTokens(), context - prompt.tokens().length));
        endIfFull();
    }

    Sampling sampling() {
        return sampling;
    }

    AppliedAdapter adapter() {
        return adapter;
    }

    int topLogprobs() {
        return sink.topLogprobs();
    }

    /** Tokens that the model reads next. */
    int[] unread() {
        return unread;
    }

    /** Whether both have the same prompt and adapter, and have read nothing yet. */
    @SuppressWarnings("ReferenceEquality")
    boolean readsTheSameAs(Sequence other) {
        return length == 0 && other.length == 0 && adapter == other.adapter && Arrays.equals(unread, other.unread);
    }

    /** Tokens of the answer so far. */
    int length() {
        return length;
    }

    boolean hasEnded() {
        return ended || sink.isCancelled();
    }

    /** Maximum number of its tokens in a cache: the last token of an answer is never read. */
    int cachedTokens() {
        return unread.length + room - 1;
    }

    void take(ChosenToken token) {
        length++;
        unread = new int[] {token.id()};
        if (sink.take(token)) {
            endIfFull();
        } else {
            ended = true;
        }
    }

    private void endIfFull() {
        if (length == room) {
            ended = true;
            sink.cut();
        }
    }

    /** Ends it without an answer. */
    void fail(Throwable cause) {
        if (!ended) {
            ended = true;
            sink.failed(cause);
        }
    }
}
