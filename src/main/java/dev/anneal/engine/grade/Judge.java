package dev.anneal.engine.grade;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Models that judge completions. Implementations are called by several threads. */
@FunctionalInterface
public interface Judge {

    /**
     * Has a model answer conversations, in one batch if it can.
     *
     * @param model its id, as the grader names it
     * @return an answer to each conversation, in their order
     */
    List<Answer> answer(String model, List<List<Message>> conversations, Sampling sampling);

    /** @param role system, developer, user or assistant */
    record Message(String role, String content) {}

    /**
     * How the answer is drawn.
     *
     * @param temperature 0 takes the likeliest token
     * @param maxTokens most tokens of the answer; null leaves it to the model
     * @param seed null for any
     */
    record Sampling(
            double temperature,
            double topP,
            @Nullable Integer maxTokens,
            @Nullable Integer seed) {

        /** What a grader without {@code sampling_params} asks for: the likeliest answer. */
        public static final Sampling GREEDY = new Sampling(0, 1, null, null);
    }

    /**
     * What became of one conversation.
     *
     * @param text what the model wrote; null if it could not be asked
     * @param tokens that it read and wrote
     * @param failure why it could not be asked; null if it was
     */
    record Answer(
            @Nullable String text, long tokens, @Nullable String failure) {

        public static Answer of(String text, long tokens) {
            return new Answer(text, tokens, null);
        }

        public static Answer failed(String failure) {
            return new Answer(null, 0, failure);
        }
    }
}
