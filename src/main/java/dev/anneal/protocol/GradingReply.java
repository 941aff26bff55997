package dev.anneal.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of standard input that answers a {@link Progress.Asked}: a JSON object, which no {@link Command} is.
 *
 * @param question id of what was asked
 * @param answers one to each conversation or completion, in their order
 */
public record GradingReply(long question, List<Answer> answers) {

    public GradingReply {
        answers = List.copyOf(answers);
    }

    /**
     * @param text what a model wrote; null of an endpoint, and if there is none
     * @param score what an endpoint gave; null of a model, and if there is none
     * @param tokens that a model read and wrote
     * @param failure why there is neither; null if there is one
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
