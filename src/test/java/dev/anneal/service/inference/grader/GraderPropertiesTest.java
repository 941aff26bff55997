package dev.anneal.service.inference.grader;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Keys and defaults of {@code anneal.graders}. */
class GraderPropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of()))
                .isEqualTo(new GraderProperties(16, 3, List.of(), Duration.ofSeconds(30), 8, Duration.ofMinutes(2)));
    }

    @Test
    void everyPropertyCanBeSet() {
        assertThat(bind(Map.of(
                        "anneal.graders.endpoint-concurrency", "4",
                        "anneal.graders.endpoint-retries", "1",
                        "anneal.graders.endpoint-secret", "whsec_x,whsec_y",
                        "anneal.graders.endpoint-timeout", "5s",
                        "anneal.graders.run-concurrency", "2",
                        "anneal.graders.run-timeout", "9s")))
                .isEqualTo(new GraderProperties(
                        4, 1, List.of("whsec_x", "whsec_y"), Duration.ofSeconds(5), 2, Duration.ofSeconds(9)));
    }

    @Test
    void theSecretIsNotShown() {
        assertThat(bind(Map.of("anneal.graders.endpoint-secret", "whsec_x")).toString())
                .doesNotContain("whsec_x");
    }

    private static GraderProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.graders", GraderProperties.class);
    }
}
