package dev.anneal.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A line of standard input of a process that runs a {@link ServeTask}: a JSON object, which no {@link Command} is. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "request")
@JsonSubTypes({
    @JsonSubTypes.Type(value = ServeRequest.Generate.class, name = "generate"),
    @JsonSubTypes.Type(value = ServeRequest.Cancel.class, name = "cancel")
})
public sealed interface ServeRequest {

    /** Chosen by whoever asks; replies carry it. No two open requests have the same. */
    long id();

    /**
     * Continues a prompt.
     *
     * @param now what chat templates take for the present, in UTC
     */
    record Generate(long id, ServedModel model, Input input, Decoding decoding, Instant now) implements ServeRequest {}

    /** Nobody waits for the request's answers any more. An unknown id is fine: the request may have ended. */
    record Cancel(long id) implements ServeRequest {}

    /**
     * A base model, alone or with what a training made of it.
     *
     * @param checkpointDirectory absolute path of a checkpoint folder whose adapter is applied, unmerged and at its beta, or whose weights stand for the
     *     model's; null for the model as it is
     */
    record ServedModel(Task.BaseModel base, @Nullable String checkpointDirectory) {}

    /** What is to be continued. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Input.Chat.class, name = "chat"),
        @JsonSubTypes.Type(value = Input.Text.class, name = "text"),
        @JsonSubTypes.Type(value = Input.Tokens.class, name = "tokens")
    })
    sealed interface Input {

        /**
         * A conversation, for the model's chat template.
         *
         * @param json an object with {@code messages} and perhaps {@code tools}, as in OpenAI's requests
         */
        record Chat(String json) implements Input {}

        /** Text in which special tokens count as such. */
        record Text(String text) implements Input {}

        /** Tokens by their ids. */
        record Tokens(List<Integer> ids) implements Input {

            public Tokens {
                ids = List.copyOf(ids);
            }
        }
    }

    /**
     * How answers are made.
     *
     * @param choices answers to the same prompt
     * @param maxNewTokens tokens after which an answer is cut; null leaves it to the context
     * @param temperature 0 takes the most likely token each time
     * @param topK 0 for all
     * @param seed of the first choice; the others follow from it
     * @param stop texts before which an answer ends
     * @param stopTokens tokens before which an answer ends, beside the model's own
     * @param topLogprobs alternatives whose log-probabilities are told beside each token's own; null tells none at all
     */
    record Decoding(
            int choices,
            @Nullable Integer maxNewTokens,
            double temperature,
            int topK,
            double topP,
            double minP,
            long seed,
            List<String> stop,
            List<Integer> stopTokens,
            @Nullable Integer topLogprobs) {

        public Decoding {
            stop = List.copyOf(stop);
            stopTokens = List.copyOf(stopTokens);
        }
    }
}
