package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.sampling.ChosenToken;
import dev.anneal.engine.network.sampling.TokenSink;
import java.util.ArrayList;
import java.util.List;

/** Keeps an answer's tokens up to an end token, and counts its steps, draft tokens and skipped tokens of the prompt. */
final class KeptTokens implements TokenSink {

    /** For answers that nothing ends but their length. */
    static final int NO_END = -1;

    final List<ChosenToken> tokens = new ArrayList<>();
    private final int topLogprobs;
    private final int end;
    int steps;
    int drafts;
    int skipped;

    /** @param end token that ends the answer and is kept, or {@link #NO_END} */
    KeptTokens(int topLogprobs, int end) {
        this.topLogprobs = topLogprobs;
        this.end = end;
    }

    int[] ids() {
        return tokens.stream().mapToInt(ChosenToken::id).toArray();
    }

    /** Draft tokens that were read in vain. */
    int rejected() {
        return drafts - (tokens.size() - steps);
    }

    static List<List<ChosenToken>> tokens(List<KeptTokens> all) {
        return all.stream().map(kept -> kept.tokens).toList();
    }

    @Override
    public int topLogprobs() {
        return topLogprobs;
    }

    @Override
    public void skipped(int promptTokens) {
        skipped = promptTokens;
    }

    @Override
    public void stepped(int draftTokens) {
        steps++;
        drafts += draftTokens;
    }

    @Override
    public boolean take(ChosenToken token) {
        tokens.add(token);
        return token.id() != end;
    }

    @Override
    public void failed(Throwable cause) {
        throw new AssertionError(cause);
    }
}
