package dev.anneal.service.notification.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Keys and defaults of {@code anneal.mlflow}. */
class MlflowPropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of("anneal.mlflow.alias", "newest")))
                .isEqualTo(new MlflowProperties(
                        null,
                        null,
                        null,
                        null,
                        "anneal-{tenant}",
                        true,
                        "newest",
                        Duration.ofSeconds(5),
                        Duration.ofDays(1),
                        Duration.ofSeconds(30)));
    }

    @Test
    void everyPropertyCanBeSet() {
        MlflowProperties bound = bind(Map.of(
                "anneal.mlflow.url", "https://mlflow.example.com/tracking",
                "anneal.mlflow.username", "anneal",
                "anneal.mlflow.password", "secret",
                "anneal.mlflow.experiment", "team {tenant}",
                "anneal.mlflow.register-models", "false",
                "anneal.mlflow.alias", "candidate",
                "anneal.mlflow.interval", "1s",
                "anneal.mlflow.backfill", "7d",
                "anneal.mlflow.timeout", "10s"));
        assertThat(bound)
                .isEqualTo(new MlflowProperties(
                        URI.create("https://mlflow.example.com/tracking"),
                        null,
                        "anneal",
                        "secret",
                        "team {tenant}",
                        false,
                        "candidate",
                        Duration.ofSeconds(1),
                        Duration.ofDays(7),
                        Duration.ofSeconds(10)));
        assertThat(bound.experimentOf("alpha")).isEqualTo("team alpha");
        assertThat(bound.toString()).doesNotContain("secret");
        assertThat(bind(Map.of("anneal.mlflow.token", "t")).token()).isEqualTo("t");
    }

    @ParameterizedTest
    @CsvSource({
        "url, mlflow:5000, must be an http",
        "url, ftp://mlflow, must be an http",
        "url, http://me:word@mlflow, holds credentials",
        "username, me, go together",
        "password, word, go together"
    })
    void mistakesAreNamed(String key, String value, String message) {
        assertThatThrownBy(() -> bind(Map.of("anneal.mlflow." + key, value)))
                .rootCause()
                .hasMessageContaining(message);
    }

    private static MlflowProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bind("anneal.mlflow", MlflowProperties.class)
                .get();
    }
}
