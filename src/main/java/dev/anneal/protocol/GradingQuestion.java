package dev.anneal.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a training's graders ask of its supervisor, as an engine process has no network and no other model. Answered by a {@link GradingReply}. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "question")
@JsonSubTypes({
    @JsonSubTypes.Type(value = GradingQuestion.OfModel.class, name = "model"),
    @JsonSubTypes.Type(value = GradingQuestion.OfEndpoint.class, name = "endpoint")
})
public sealed interface GradingQuestion {

    /** How many answers it asks for. */
    int size();

    /** Answers that all failed for the same reason. */
    default List<GradingReply.Answer> failed(String failure) {
        return Collections.nCopies(size(), GradingReply.Answer.failed(failure));
    }

    /** These answers if they are as many as it asks for, or failed ones. */
    default List<GradingReply.Answer> complete(List<GradingReply.Answer> answers) {
        return answers.size() == size()
                ? answers
                : failed("%d answers came to %d questions".formatted(answers.size(), size()));
    }

    /**
     * What does a model answer?
     *
     * @param model as the grader names it
     * @param maxTokens null leaves it to the model
     * @param seed null for any
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
     * Which scores does an endpoint give?
     *
     * @param ratePerSecond most requests a second; null for no limit
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
     * A completion with the row that it answers.
     *
     * @param item as parsed from JSON
     * @param toolCalls as OpenAI's {@code message.tool_calls}
     */
    record Completion(
            Map<String, @Nullable Object> item, String outputText, List<Map<String, @Nullable Object>> toolCalls) {

        public Completion {
            item = Collections.unmodifiableMap(new LinkedHashMap<>(item));
            toolCalls = List.copyOf(toolCalls);
        }
    }
}
