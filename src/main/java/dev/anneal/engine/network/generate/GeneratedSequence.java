package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.sampling.ChosenToken;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.network.sampling.TokenSink;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A prompt and its answer so far. */
final class GeneratedSequence {

    private final Prompt prompt;
    private final PrefixCache.Owner owner;
    private final TokenSink sink;
    private final int room;
    private final DraftTokens drafts;
    private int[] unread;
    private int length;
    private boolean ended;

    /**
     * @param owner with the adapter at its own beta, which must stay open until the sequence has left its lane
     * @param context maximum number of tokens of prompt and answer together
     * @param sink takes the answer
     */
    GeneratedSequence(Prompt prompt, PrefixCache.Owner owner, int context, TokenSink sink) {
        this.prompt = prompt;
        this.owner = owner;
        this.sink = sink;
        this.unread = prompt.tokens();
        this.drafts = DraftTokens.of(prompt);
        this.room = Math.max(0, Math.min(prompt.maxNewTokens(), context - prompt.tokens().length));
        endIfFull();
    }

    Sampling sampling() {
        return prompt.sampling();
    }

    PrefixCache.Owner owner() {
        return owner;
    }

    AppliedAdapter adapter() {
        return owner.adapter();
    }

    /** The whole prompt. */
    int[] prompt() {
        return prompt.tokens();
    }

    /** The first tokens of the prompt need not be read. */
    void skip(int tokens) {
        if (tokens > 0) {
            unread = Arrays.copyOfRange(unread, tokens, unread.length);
            sink.skipped(tokens);
        }
    }

    int topLogprobs() {
        return sink.topLogprobs();
    }

    DraftTokens drafts() {
        return drafts;
    }

    /** What proposes tokens of its answer; null if they are only looked up. */
    @Nullable
    Draft draft() {
        return prompt.draft();
    }

    /** Whether its draft reads the target's states. */
    boolean needsStates() {
        Draft draft = prompt.draft();
        return draft != null && draft.readsStates();
    }

    /**
     * Prepares for at most {@code most} draft tokens, fewer if the answer is almost as long as it may be.
     *
     * @param lookingUp whether they may be looked up although there is a draft
     */
    void prepareDrafts(int most, boolean lookingUp) {
        drafts.prepare(Math.min(most, room - length - 1), lookingUp);
    }

    /** Has the model read at most {@code most} of the draft tokens after the last token of the answer. */
    void readDrafts(int most) {
        unread = IntStream.concat(IntStream.of(unread[0]), Arrays.stream(drafts.tokens(most)))
                .toArray();
    }

    /** Tokens that the model reads next: the prompt, or the last token of the answer and draft tokens after it. */
    int[] unread() {
        return unread;
    }

    /** Whether both have the same prompt, adapter, draft and scope, and have read nothing yet. */
    boolean readsTheSameAs(GeneratedSequence other) {
        return length == 0
                && other.length == 0
                && prompt.draft() == other.prompt.draft()
                && owner.isSame(other.owner)
                && Arrays.equals(unread, other.unread);
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

    /** Takes the token that follows its prompt. */
    void takeFirst(ChosenToken token) {
        unread = new int[] {token.id()};
        sink.stepped(0);
        take(token);
    }

    /**
     * Takes the tokens chosen after each unread one, as far as the draft tokens are those that were chosen before them.
     *
     * @return number of unread tokens that are part of the answer
     */
    int takeVerified(List<ChosenToken> chosen) {
        int[] read = unread;
        int taken = 0;
        sink.stepped(read.length - 1);
        do {
            unread = new int[] {chosen.get(taken).id()};
            take(chosen.get(taken));
            taken++;
        } while (!hasEnded() && taken < read.length && read[taken] == unread[0]);
        drafts.compared(read.length - 1, taken - 1);
        return taken;
    }

    private void take(ChosenToken token) {
        length++;
        drafts.add(token.id());
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
