package dev.anneal.service.demo;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * How fast questions were answered, one after another.
 *
 * @param accepted tokens that the draft proposed
 */
record Speed(List<String> texts, int tokens, int accepted, double tokensPerSecond) {

    /**
     * Answers greedily.
     *
     * @param questions messages, as JSON texts
     * @param draft JSON text of the draft's name, or null
     */
    static Speed of(Stage stage, List<String> questions, String draft, int maxTokens) {
        List<String> texts = new ArrayList<>();
        int tokens = 0;
        int accepted = 0;
        long begin = System.nanoTime();
        for (String question : questions) {
            JsonNode answer = stage.post("/chat/completions", """
                    {"model": "%s", "messages": %s, "temperature": 0, "max_tokens": %d, "anneal": {"draft": %s}}
                    """.formatted(Stage.MODEL, question, maxTokens, draft));
            texts.add(answer.path("choices")
                    .get(0)
                    .path("message")
                    .path("content")
                    .asString());
            JsonNode usage = answer.path("usage");
            tokens += usage.path("completion_tokens").asInt();
            accepted += usage.path("completion_tokens_details")
                    .path("accepted_prediction_tokens")
                    .asInt();
        }
        return new Speed(texts, tokens, accepted, tokens / ((System.nanoTime() - begin) / 1e9));
    }
}
