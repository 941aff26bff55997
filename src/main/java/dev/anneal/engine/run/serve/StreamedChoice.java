package dev.anneal.engine.run.serve;

import dev.anneal.engine.network.sampling.ChosenToken;
import dev.anneal.engine.network.sampling.TokenSink;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeRequest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One choice of a request during generation: turns tokens into text and ends it at stop texts and end tokens. */
final class StreamedChoice implements TokenSink {

    private final int choice;
    private final OpenRequest request;
    private final ModelTokenizer tokenizer;
    private final Set<Integer> ends;
    private final GrowingText text;
    private final StopTexts stops;
    private final @Nullable Integer topLogprobs;

    /** Empty if no log-probabilities are requested. */
    private final HeldTokens held = new HeldTokens();

    private int tokens;
    private int cachedTokens;
    private int steps;
    private int draftTokens;

    /**
     * @param ends end tokens
     */
    StreamedChoice(
            int choice,
            OpenRequest request,
            ModelTokenizer tokenizer,
            Set<Integer> ends,
            ServeRequest.Decoding decoding) {
        this.choice = choice;
        this.request = request;
        this.tokenizer = tokenizer;
        this.ends = ends;
        this.text = new GrowingText(tokenizer);
        this.stops = new StopTexts(decoding.stop());
        this.topLogprobs = decoding.topLogprobs();
    }

    @Override
    public int topLogprobs() {
        return topLogprobs == null ? NO_LOGPROBS : topLogprobs;
    }

    @Override
    public void skipped(int promptTokens) {
        // The other choices also begin with what this request's first one has read.
        cachedTokens = choice == 0 ? promptTokens : 0;
    }

    @Override
    public void stepped(int drafted) {
        steps++;
        draftTokens += drafted;
    }

    @Override
    public boolean take(ChosenToken token) {
        try {
            return !request.isCancelled() && goesOnAfter(token);
        } catch (RuntimeException e) {
            request.fail(e);
            return false;
        }
    }

    private boolean goesOnAfter(ChosenToken token) {
        tokens++;
        if (ends.contains(token.id())) {
            end("stop");
            return false;
        }
        String more = text.add(token.id());
        if (topLogprobs != null) {
            held.add(told(token), more.length());
        }
        String passed = stops.pass(more);
        tell(passed, held.told(passed.length()));
        if (stops.reached()) {
            request.ended(new ServeReply.Ended(choice, "stop", counts()));
            return false;
        }
        return true;
    }

    private ServeReply.Token told(ChosenToken token) {
        return new ServeReply.Token(
                textOf(token.id()),
                token.logprob(),
                token.top().stream()
                        .map(likely -> new ServeReply.Likely(textOf(likely.id()), likely.logprob()))
                        .toList());
    }

    private String textOf(int token) {
        return tokenizer.decode(new int[] {token}, false);
    }

    private void tell(String more, List<ServeReply.Token> chosen) {
        if (!more.isEmpty() || !chosen.isEmpty()) {
            request.tell(new ServeReply.Text(choice, more, chosen));
        }
    }

    private void end(String reason) {
        String passed = stops.pass(text.remaining()) + stops.remaining();
        tell(passed, stops.reached() ? held.told(passed.length()) : held.remaining());
        request.ended(new ServeReply.Ended(choice, stops.reached() ? "stop" : reason, counts()));
    }

    /** Each step gives one token that no draft token stands for. */
    private ServeReply.TokenCounts counts() {
        int accepted = tokens - steps;
        return new ServeReply.TokenCounts(cachedTokens, tokens, accepted, draftTokens - accepted);
    }

    @Override
    public boolean isCancelled() {
        return request.isCancelled();
    }

    @Override
    public void cut() {
        try {
            end("length");
        } catch (RuntimeException e) {
            request.fail(e);
        }
    }

    @Override
    public void failed(Throwable cause) {
        request.fail(cause);
    }
}
