package dev.anneal.protocol;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A line of standard input of a process that runs a {@link ServeTask}: a JSON object, unlike any {@link Command}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "request")
public sealed interface ServeRequest {

    /** Chosen by the sender and repeated in replies; unique among open requests. */
    long id();

    /**
     * Continues a prompt.
     *
     * @param draft model that proposes tokens of the answers, which saves time and changes no answer; null for none
     * @param requiresDraft whether the request is refused if the draft cannot be used, instead of answered without it.
     *     Where there is no room for it, it is always left out
     * @param prefixScope name of a group of requests, a tenant's, that share the kept beginnings of their prompts;
     *     others could find out by their times what was asked
     * @param prediction text that the answers probably have; null if none is expected. It saves time and changes no
     *     answer
     * @param now current time for chat templates, in UTC
     */
    record Generate(
            long id,
            ServedModel model,
            @Nullable ServedModel draft,
            boolean requiresDraft,
            String prefixScope,
            Input input,
            @Nullable String prediction,
            Decoding decoding,
            Instant now)
            implements ServeRequest {}

    /** Cancels a request. An unknown id is ignored, because the request may have ended. */
    record Cancel(long id) implements ServeRequest {}

    /** Prompt of a request. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "kind")
    sealed interface Input {

        /**
         * A conversation, for the model's chat template.
         *
         * @param json an object with {@code messages} and optionally {@code tools}, as in OpenAI's requests
         */
        record Chat(String json) implements Input {}

        /** Text in which special tokens are recognised. */
        record Text(String text) implements Input {}

        /** Tokens by their ids. */
        record Tokens(List<Integer> ids) implements Input {

            public Tokens {
                ids = List.copyOf(ids);
            }
        }
    }

    /**
     * How answers are decoded.
     *
     * @param choices number of answers to the prompt
     * @param maxNewTokens maximum number of tokens of an answer; null: what the context allows
     * @param temperature 0 for greedy decoding
     * @param topK number of most likely tokens to sample from; 0 for all
     * @param seed seed of the first choice, from which those of the others are derived
     * @param stop texts before which an answer ends
     * @param stopTokens tokens before which an answer ends, in addition to the model's end tokens
     * @param topLogprobs number of alternatives whose log-probabilities are reported with each token's own; null
     *     reports none at all
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

        /**
         * Maximum number of log-probabilities of all answers, of tokens and alternatives together.
         *
         * @param longest maximum number of tokens of any answer
         */
        public long mostLogprobs(int longest) {
            if (topLogprobs == null) {
                return 0;
            }
            int tokens = maxNewTokens == null ? longest : Math.min(maxNewTokens, longest);
            return (long) choices * tokens * (1 + topLogprobs);
        }
    }
}
