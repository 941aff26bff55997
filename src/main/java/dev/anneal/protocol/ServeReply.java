package dev.anneal.protocol;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/**
 * A reply to a {@link ServeRequest.Generate}: first {@link Accepted}, then for each choice {@link Text} until its
 * {@link Ended}; or, at any time and last, {@link Refused}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "reply")
public sealed interface ServeReply {

    /** The prompt is valid and fits into the context. */
    record Accepted(int promptTokens) implements ServeReply {}

    /**
     * The next part of an answer. The parts of a choice make up its text and tokens.
     *
     * @param choice index of the choice, from 0
     * @param text text without a possible start of a stop text and without partial characters
     * @param tokens empty unless log-probabilities were requested; each token comes with the text that it completes,
     *     and none that contains part of a stop text is sent
     */
    record Text(int choice, String text, List<Token> tokens) implements ServeReply {

        public Text {
            tokens = List.copyOf(tokens);
        }
    }

    /**
     * A choice is complete.
     *
     * @param reason {@code stop} at an end token or stop text, {@code length} if the answer was cut
     * @param tokens those of the choice
     */
    record Ended(int choice, String reason, TokenCounts tokens) implements ServeReply {}

    /**
     * The request failed, before or during generation.
     *
     * @param code error code of the API
     */
    record Refused(String code, String message) implements ServeReply {}

    /**
     * Tokens of a choice.
     *
     * @param cachedPrompt tokens of the prompt that were not read for it, because their keys and values were kept from
     *     an earlier request
     * @param completion tokens of the answer, with the end token
     * @param acceptedDraft those of them that were read as draft tokens
     * @param rejectedDraft draft tokens that were read in vain
     */
    record TokenCounts(int cachedPrompt, int completion, int acceptedDraft, int rejectedDraft) {

        /** No tokens. */
        public static final TokenCounts NONE = new TokenCounts(0, 0, 0, 0);

        /** The tokens of both. */
        public TokenCounts plus(TokenCounts other) {
            return new TokenCounts(
                    cachedPrompt + other.cachedPrompt,
                    completion + other.completion,
                    acceptedDraft + other.acceptedDraft,
                    rejectedDraft + other.rejectedDraft);
        }
    }

    /**
     * A token of an answer.
     *
     * @param text its own text, with U+FFFD for parts of a character
     * @param logprob natural logarithm of the model's probability, at temperature 1 and without filters
     * @param top the most likely tokens at its position, most likely first
     */
    record Token(String text, double logprob, List<Likely> top) {

        public Token {
            top = List.copyOf(top);
        }
    }

    /** A likely token. */
    record Likely(String text, double logprob) {}
}
