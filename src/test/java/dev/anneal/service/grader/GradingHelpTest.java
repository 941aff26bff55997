package dev.anneal.service.grader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.grade.EndpointClient.Reply;
import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import dev.anneal.protocol.GradingReply.Answer;
import dev.anneal.service.inference.Generation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Questions of trainings as endpoints and models get them. */
class GradingHelpTest {

    private final GradingHelp help = new GradingHelp(
            (endpoint, samples) -> samples.stream()
                    .map(sample -> sample.outputText().isEmpty()
                            ? Reply.failed("empty")
                            : Reply.of(Double.parseDouble(
                                    String.valueOf(sample.item().get("worth")))))
                    .toList(),
            (tenant, request) -> new Generation.Whole(
                    3, List.of(new Generation.Choice(tenant + " " + request.model(), List.of(), "stop", 2))),
            (tenant, headers) -> headers);

    @Test
    void endpointsGetCompletions() {
        GradingQuestion question = new GradingQuestion.OfEndpoint(
                "https://example.com",
                Map.of(),
                null,
                List.of(
                        new GradingQuestion.Completion(Map.of("worth", 2), "a", List.of()),
                        new GradingQuestion.Completion(Map.of(), "", List.of())));
        assertThat(help.answer("acme", 4, question))
                .isEqualTo(new GradingReply(
                        4, List.of(new Answer(null, 2.0, 0, null), new Answer(null, null, 0, "empty"))));
    }

    @Test
    void modelsGetConversations() {
        GradingQuestion question = new GradingQuestion.OfModel(
                "m", List.of(List.of(new GradingQuestion.Message("user", "x"))), 0, 1, null, null);
        assertThat(help.answer("acme", 5, question))
                .isEqualTo(new GradingReply(5, List.of(new Answer("acme m", null, 5, null))));
    }
}
