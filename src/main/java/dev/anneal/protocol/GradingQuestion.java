package dev.anneal.protocol;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A question of a training's graders to its supervisor, because an engine process has no network and no other model.
 * Answered by a {@link GradingReply}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "question")
public sealed interface GradingQuestion {

    /** Number of answers it asks for. */
    int size();

    /** A failed answer to each part, all for the same reason. */
    default List<GradingReply.Answer> failed(String failure) {
        return Collections.nCopies(size(), GradingReply.Answer.failed(failure));
    }

    /** These answers if their number is right, otherwise failed ones. */
    default List<GradingReply.Answer> complete(List<GradingReply.Answer> answers) {
        return answers.size() == size()
                ? answers
                : failed("%d answers came to %d questions".formatted(answers.size(), size()));
    }

    /**
     * Asks a model to answer conversations.
     *
     * @param model model name in the grader
     * @param maxTokens maximum number of tokens of an answer; null: the model's limit
     * @param seed seed of sampling; null for any
     */
    record OfModel(
            String model,
            List<List<Message>> conversations,
            double temperature,
            double topP,
            @Nullable Integer maxTokens,
            @Nullable Integer seed)
            implements GradingQuestion {

        public OfModel {
            conversations = conversations.stream().map(List::copyOf).toList();
        }

        /** The same question about other conversations. */
        public OfModel about(List<List<Message>> others) {
            return new OfModel(model, others, temperature, topP, maxTokens, seed);
        }

        @Override
        public int size() {
            return conversations.size();
        }
    }

    /** A message of a conversation. */
    record Message(String role, String content) {}

    /**
     * Asks an endpoint to score completions.
     *
     * @param ratePerSecond maximum number of requests per second; null for no limit
     */
    record OfEndpoint(
            String url,
            Map<String, String> headers,
            @Nullable Integer ratePerSecond,
            List<Completion> completions) implements GradingQuestion {

        public OfEndpoint {
            headers = Map.copyOf(headers);
            completions = List.copyOf(completions);
        }

        /** The same question with other headers. */
        public OfEndpoint with(Map<String, String> otherHeaders) {
            return new OfEndpoint(url, otherHeaders, ratePerSecond, completions);
        }

        /** The same question about other completions. */
        public OfEndpoint about(List<Completion> others) {
            return new OfEndpoint(url, headers, ratePerSecond, others);
        }

        @Override
        public int size() {
            return completions.size();
        }

        /** Without the headers, which may be secrets. */
        @Override
        public String toString() {
            return "OfEndpoint[url=" + url + ", completions=" + completions.size() + "]";
        }
    }

    /**
     * A completion and its row.
     *
     * @param item the row as parsed from JSON
     * @param toolCalls like OpenAI's {@code message.tool_calls}
     */
    record Completion(
            Map<String, @Nullable Object> item, String outputText, List<Map<String, @Nullable Object>> toolCalls) {

        public Completion {
            item = Collections.unmodifiableMap(new LinkedHashMap<>(item));
            toolCalls = List.copyOf(toolCalls);
        }
    }
}
