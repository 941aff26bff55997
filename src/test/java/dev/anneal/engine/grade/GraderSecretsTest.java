package dev.anneal.engine.grade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.Penetration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Secrets of graders stay with them. */
@Penetration
class GraderSecretsTest {

    @Test
    void headersAreHiddenWhereverTheyStand() {
        Map<String, Object> endpoint =
                Map.of("type", "endpoint", "url", "https://judge", "headers", Map.of("Authorization", "Bearer secret"));
        Map<String, Object> shown =
                Map.of("type", "endpoint", "url", "https://judge", "headers", Map.of("Authorization", "(hidden)"));

        assertThat(GraderSecrets.hidden(Map.of("type", "multi", "graders", List.of(endpoint))))
                .isEqualTo(Map.of("type", "multi", "graders", List.of(shown)));
        assertThat(GraderSecrets.hidden(Map.of("graders", Map.of("a", endpoint))))
                .isEqualTo(Map.of("graders", Map.of("a", shown)));
    }

    @Test
    void aPartNamedHeadersKeepsItsFields() {
        Map<String, Object> part = Map.of("type", "string_check", "input", "a", "reference", "a", "operation", "eq");
        Map<String, Object> multi = Map.of("type", "multi", "graders", Map.of("headers", part));

        assertThat(GraderSecrets.hidden(Map.copyOf(multi))).isEqualTo(multi);
    }
}
