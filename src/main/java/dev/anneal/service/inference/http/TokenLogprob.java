package dev.anneal.service.inference.http;

import dev.anneal.protocol.ServeReply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A token of a chat's answer with its probability.
 *
 * @param bytes its UTF-8 bytes; null for a part of a character
 */
record TokenLogprob(String token, double logprob, @Nullable List<Integer> bytes, List<Likely> topLogprobs) {

    private static final char REPLACEMENT = '\uFFFD';

    /** OpenAI's log-probability of a practically impossible token, because JSON has no infinity. */
    private static final double IMPOSSIBLE = -9999;

    /** A likely token. */
    record Likely(String token, double logprob, @Nullable List<Integer> bytes) {}

    /** The {@code logprobs} of a choice, whose entries are made while they are written. */
    record Content(Iterable<TokenLogprob> content, @Nullable List<TokenLogprob> refusal) {

        /**
         * @return null if log-probabilities were not requested
         */
        static @Nullable Content of(boolean wanted, List<ServeReply.Token> tokens) {
            return wanted ? new Content(each(tokens, TokenLogprob::of), null) : null;
        }
    }

    /** A value of each token, made whenever they are iterated over. */
    static <T> Iterable<T> each(List<ServeReply.Token> tokens, Function<ServeReply.Token, T> value) {
        return () -> tokens.stream().map(value).iterator();
    }

    private static TokenLogprob of(ServeReply.Token token) {
        return new TokenLogprob(
                token.text(),
                finite(token.logprob()),
                bytes(token.text()),
                token.top().stream()
                        .map(likely -> new Likely(likely.text(), finite(likely.logprob()), bytes(likely.text())))
                        .toList());
    }

    static double finite(double logprob) {
        return Math.max(IMPOSSIBLE, logprob);
    }

    private static @Nullable List<Integer> bytes(String text) {
        if (text.indexOf(REPLACEMENT) >= 0) {
            return null;
        }
        List<Integer> bytes = new ArrayList<>();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(each & 0xFF);
        }
        return bytes;
    }
}
