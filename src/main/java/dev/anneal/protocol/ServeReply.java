package dev.anneal.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/**
 * What a process that serves says about a {@link ServeRequest.Generate}: {@link Accepted}, then {@link Text} of each choice until its {@link Ended};
 * or, at any time, {@link Refused}, after which nothing more comes.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "reply")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ServeReply.Accepted.class, name = "accepted"),
    @JsonSubTypes.Type(value = ServeReply.Text.class, name = "text"),
    @JsonSubTypes.Type(value = ServeReply.Ended.class, name = "ended"),
    @JsonSubTypes.Type(value = ServeReply.Refused.class, name = "refused")
})
public sealed interface ServeReply {

    /** The prompt is understood and fits into the context. */
    record Accepted(int promptTokens) implements ServeReply {}

    /**
     * More of an answer. Texts of a choice together are its text, and so are tokens.
     *
     * @param choice counted from 0
     * @param text as far as neither a stop text nor a character may be under way
     * @param tokens empty unless log-probabilities were asked for; each comes with the text that it completes, and none that holds part of a stop text
     */
    record Text(int choice, String text, List<Token> tokens) implements ServeReply {

        public Text {
            tokens = List.copyOf(tokens);
        }
    }

    /**
     * A choice is complete.
     *
     * @param reason {@code stop} before an end token or stop text, {@code length} where the answer was cut
     * @param tokens tokens that were generated, an end token among them
     */
    record Ended(int choice, String reason, int tokens) implements ServeReply {}

    /**
     * The request is not carried out, or not to its end.
     *
     * @param code an error code of the API
     */
    record Refused(String code, String message) implements ServeReply {}

    /**
     * A token of an answer.
     *
     * @param text how it reads alone, U+FFFD for parts of a character
     * @param logprob as the model gives it, at temperature 1 and without filters; natural logarithm
     * @param top the most likely tokens at its place, most likely first
     */
    record Token(String text, double logprob, List<Likely> top) {

        public Token {
            top = List.copyOf(top);
        }
    }

    /** A token that might have been chosen. */
    record Likely(String text, double logprob) {}
}
