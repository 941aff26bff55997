package dev.anneal.service.inference.grader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import dev.anneal.protocol.GradingReply.Answer;
import dev.anneal.protocol.ServeReply;
import dev.anneal.service.inference.Generation;
import dev.anneal.service.inference.UnavailableTextGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Questions of trainings as endpoints and models get them. */
class TenantGradersTest {

    private final TenantGraders help = new TenantGraders(
            (tenant, question) -> question.completions().stream()
                    .map(completion -> completion.outputText().isEmpty()
                            ? Answer.failed("empty")
                            : Answer.ofEndpoint(Double.parseDouble(
                                    String.valueOf(completion.item().get("worth")))))
                    .toList(),
            (tenant, request) -> new Generation.Whole(
                    3,
                    List.of(new Generation.Choice(
                            tenant + " " + request.model(),
                            List.of(),
                            "stop",
                            new ServeReply.TokenCounts(0, 2, 0, 0)))),
            (tenant, work) -> Map.of());

    @Test
    void endpointsGetCompletions() {
        GradingQuestion question = new GradingQuestion.OfEndpoint(
                "https://example.com",
                Map.of(),
                null,
                List.of(
                        new GradingQuestion.Completion(Map.of("worth", 2), "a", List.of()),
                        new GradingQuestion.Completion(Map.of(), "", List.of())));
        assertThat(help.prepare("acme", 1).answer(4, question))
                .isEqualTo(new GradingReply(
                        4, List.of(new Answer(null, 2.0, 0, null), new Answer(null, null, 0, "empty"))));
    }

    @Test
    void modelsGetConversations() {
        GradingQuestion question = new GradingQuestion.OfModel(
                "m", List.of(List.of(new GradingQuestion.Message("user", "x"))), 0, 1, null, null);
        assertThat(help.prepare("acme", 1).answer(5, question))
                .isEqualTo(new GradingReply(5, List.of(new Answer("acme m", null, 5, null))));
    }

    @Test
    void headersAreOpenedOncePerAttempt() {
        String id = "sealed_" + "0".repeat(26);
        List<Map<String, String>> sent = new ArrayList<>();
        List<Long> opened = new ArrayList<>();
        TenantGraders counting = new TenantGraders(
                (tenant, question) -> {
                    sent.add(question.headers());
                    return List.of(Answer.ofEndpoint(1));
                },
                new UnavailableTextGenerator(),
                (tenant, work) -> {
                    opened.add(work);
                    return Map.of(id, "secret");
                });
        GradingAnswers answers = counting.prepare("acme", 7);

        answers.answer(1, withHeaders(Map.of("authorization", id)));
        answers.answer(2, withHeaders(Map.of("authorization", id)));

        assertThat(opened).containsExactly(7L);
        assertThat(sent).containsExactly(Map.of("authorization", "secret"), Map.of("authorization", "secret"));
        String foreign = "sealed_" + "1".repeat(26);
        assertThatThrownBy(() -> answers.answer(3, withHeaders(Map.of("authorization", foreign))))
                .hasMessageContaining("authorization")
                .hasMessageNotContaining(foreign);
    }

    @Test
    void headersThatDoNotOpenEndTheAttemptBeforeItBegins() {
        TenantGraders lacking =
                new TenantGraders((tenant, question) -> List.of(), new UnavailableTextGenerator(), (tenant, work) -> {
                    throw new IllegalStateException("the key 'a' is not among anneal.secrets.keys");
                });

        assertThatThrownBy(() -> lacking.prepare("acme", 7))
                .isInstanceOf(SealedHeadersException.class)
                .hasMessageContaining("the key 'a' is not among anneal.secrets.keys");
    }

    private static GradingQuestion withHeaders(Map<String, String> headers) {
        return new GradingQuestion.OfEndpoint(
                "https://example.com",
                headers,
                null,
                List.of(new GradingQuestion.Completion(Map.of(), "a", List.of())));
    }
}
