package dev.anneal.service.inference.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.protocol.ServeReply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer of {@code /v1/completions} or a part of one, OpenAI's {@code text_completion}.
 *
 * @param usage of all answers; absent in parts, but for the last one if it was asked for
 */
record CompletionBody(
        String id,
        String object,
        long created,
        String model,
        String systemFingerprint,
        List<Choice> choices,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Usage usage) {

    /**
     * One answer, or more of it.
     *
     * @param finishReason null while there is more to come
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Choice(
            String text,
            int index,
            @Nullable Logprobs logprobs,
            @Nullable String finishReason) {}

    /**
     * Tokens with their log-probabilities, in four lists of the same length.
     *
     * @param textOffset where in the answer each token begins, in UTF-16 units
     */
    record Logprobs(
            List<String> tokens,
            List<Double> tokenLogprobs,
            List<Map<String, Double>> topLogprobs,
            List<Integer> textOffset) {

        /** @param offset of the first token in its answer */
        static Logprobs of(List<ServeReply.Token> tokens, int offset) {
            Logprobs logprobs =
                    new Logprobs(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            int begin = offset;
            for (ServeReply.Token token : tokens) {
                Map<String, Double> top = new LinkedHashMap<>();
                token.top().forEach(likely -> top.putIfAbsent(likely.text(), TokenLogprob.finite(likely.logprob())));
                top.putIfAbsent(token.text(), TokenLogprob.finite(token.logprob()));
                logprobs.tokens.add(token.text());
                logprobs.tokenLogprobs.add(TokenLogprob.finite(token.logprob()));
                logprobs.topLogprobs.add(top);
                logprobs.textOffset.add(begin);
                begin += token.text().length();
            }
            return logprobs;
        }
    }
}
