package dev.anneal.engine.grade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.penetration.Penetration;
import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Graders that ask an endpoint. */
class EndpointGraderTest {

    private static final String ENDPOINT =
            "{'type': 'endpoint', 'name': 'remote', 'url': 'https://example.com/grade?v=1', 'headers': {'Authorization': 'Bearer k'}, 'rate_limit': 50, 'pass_threshold': 8}";

    private static final List<Sample> SAMPLES =
            List.of(new Sample(Map.of(), "a"), new Sample(Map.of(), "b"), new Sample(Map.of(), "c"));

    @Test
    void scoresAreRewards() {
        ExternalGraders outside = question -> {
            assertThat(question)
                    .isEqualTo(new GradingQuestion.OfEndpoint(
                            "https://example.com/grade?v=1",
                            Map.of("Authorization", "Bearer k"),
                            50,
                            SAMPLES.stream().map(Sample::completion).toList()));
            return List.of(
                    GradingReply.Answer.ofEndpoint(8.5),
                    GradingReply.Answer.ofEndpoint(Double.NaN),
                    GradingReply.Answer.failed("503"));
        };
        List<Grade> grades = GradersTest.parse(ENDPOINT).grade(SAMPLES, outside);
        assertThat(grades).extracting(Grade::reward).containsExactly(8.5, null, null);
        assertThat(grades.get(1).has(ErrorFlag.OTHER_ERROR)).isTrue();
        assertThat(grades.get(2).has(ErrorFlag.UNRESPONSIVE_REWARD_ERROR)).isTrue();
    }

    @Test
    void aClientThatFailsIsAnErrorOfTheGrades() {
        ExternalGraders outside = question -> {
            throw new IllegalStateException("broken");
        };
        assertThat(GradersTest.parse(ENDPOINT).grade(SAMPLES, outside))
                .hasSize(3)
                .allMatch(grade -> grade.reward() == null && grade.has(ErrorFlag.UNRESPONSIVE_REWARD_ERROR));
    }

    @Penetration
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://example.com",
                "example.com",
                "https://u:p@example.com",
                "https://example.com/#x",
                "https:///x",
                "http://exa mple",
                "file:///etc/passwd"
            })
    void urlsAreThoseOfTheWeb(String url) {
        Map<String, @Nullable Object> json = GradersTest.changed(ENDPOINT, "{'url': '" + url + "'}");
        assertThatThrownBy(() -> Graders.parse(json, "g")).hasMessageStartingWith("'g.url' must be ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'headers': {'Host': 'x'} | 'g.headers' must not hold a header of the connection or the signature, but is \"Host\"",
                "'headers': {'Webhook-Signature': 'x'} | 'g.headers' must not hold",
                "'headers': {'a b': 'x'} | 'g.headers' must not hold",
                "'headers': {'X-Key': 'a\\r\\nb'} | 'g.headers.X-Key' must be a string of at most 1024 printable ASCII characters",
                "'headers': 'x' | 'g.headers' must be an object",
                "'rate_limit': 0 | 'g.rate_limit' must be a number from 1 to 1000, but is 0",
                "'timeout': 3 | 'g.timeout' is not known here"
            })
    void whatIsWrongIsNamedWithItsPlace(String change, String message) {
        Map<String, @Nullable Object> json = GradersTest.changed(ENDPOINT, "{" + change + "}");
        assertThatThrownBy(() -> Graders.parse(json, "g")).hasMessageStartingWith(message);
    }
}
