package dev.anneal.service.inference.http;

import dev.anneal.protocol.ServeReply;
import dev.anneal.service.inference.Generation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Choices of {@code /v1/completions}; parts have the same format. */
final class CompletionFormat implements AnswerFormat {

    private final boolean withLogprobs;

    /** Length of the text sent so far of each choice. */
    private final Map<Integer, Integer> offsets = new HashMap<>();

    /** @param withLogprobs whether the client asked for log-probabilities */
    CompletionFormat(boolean withLogprobs) {
        this.withLogprobs = withLogprobs;
    }

    /**
     * An answer or the next part of one.
     *
     * @param finishReason null before the end
     */
    record Choice(
            String text,
            int index,
            @Nullable Logprobs logprobs,
            @Nullable String finishReason) {}

    /**
     * Tokens with their log-probabilities, in four lists of the same length. Entries of the first three are made while
     * they are written.
     *
     * @param textOffset where in the answer each token begins, in UTF-16 units
     */
    record Logprobs(
            Iterable<String> tokens,
            Iterable<Double> tokenLogprobs,
            Iterable<Map<String, Double>> topLogprobs,
            List<Integer> textOffset) {}

    @Override
    public String idPrefix() {
        return "cmpl-";
    }

    @Override
    public String object() {
        return "text_completion";
    }

    @Override
    public String partObject() {
        return object();
    }

    @Override
    public Object whole(int index, Generation.Choice choice) {
        return new Choice(choice.text(), index, logprobs(index, choice.tokens()), choice.finishReason());
    }

    @Override
    public Optional<Object> first(int index) {
        return Optional.empty();
    }

    @Override
    public Object more(int index, ServeReply.Text text) {
        return new Choice(text.text(), index, logprobs(index, text.tokens()), null);
    }

    @Override
    public Object end(int index, String finishReason) {
        return new Choice("", index, null, finishReason);
    }

    private @Nullable Logprobs logprobs(int choice, List<ServeReply.Token> tokens) {
        if (!withLogprobs) {
            return null;
        }
        return new Logprobs(
                TokenLogprob.each(tokens, ServeReply.Token::text),
                TokenLogprob.each(tokens, token -> TokenLogprob.finite(token.logprob())),
                TokenLogprob.each(tokens, CompletionFormat::top),
                textOffsets(choice, tokens));
    }

    /** The most likely tokens and the chosen one. */
    private static Map<String, Double> top(ServeReply.Token token) {
        Map<String, Double> top = new LinkedHashMap<>();
        token.top().forEach(likely -> top.putIfAbsent(likely.text(), TokenLogprob.finite(likely.logprob())));
        top.putIfAbsent(token.text(), TokenLogprob.finite(token.logprob()));
        return top;
    }

    private List<Integer> textOffsets(int choice, List<ServeReply.Token> tokens) {
        List<Integer> textOffsets = new ArrayList<>();
        int next = offsets.getOrDefault(choice, 0);
        for (ServeReply.Token token : tokens) {
            textOffsets.add(next);
            next += token.text().length();
        }
        offsets.put(choice, next);
        return textOffsets;
    }
}
