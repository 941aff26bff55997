package dev.anneal.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of standard input that answers a {@link Progress.Asked}: a JSON object, unlike any {@link Command}.
 *
 * @param question id of the question
 * @param answers one for each conversation or completion, in order
 */
public record GradingReply(long question, List<Answer> answers) {

    public GradingReply {
        answers = List.copyOf(answers);
    }

    /**
     * @param text the model's answer; null for an endpoint or a failure
     * @param score the endpoint's score; null for a model or a failure
     * @param tokens number of tokens that the model read and generated
     * @param failure why there is no answer; null if there is one
     */
    public record Answer(
            @Nullable String text,
            @Nullable Double score,
            long tokens,
            @Nullable String failure) {

        public static Answer ofModel(String text, long tokens) {
            return new Answer(text, null, tokens, null);
        }

        public static Answer ofEndpoint(double score) {
            return new Answer(null, score, 0, null);
        }

        public static Answer failed(String failure) {
            return new Answer(null, null, 0, failure);
        }
    }
}
