package dev.anneal.service.notification.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Keys and defaults of {@code anneal.webhooks}. */
class WebhookPropertiesTest {

    @Test
    void defaults() {
        WebhookProperties defaults = bind(Map.of());
        assertThat(defaults.retryDelays())
                .containsExactly(
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(30),
                        Duration.ofHours(2),
                        Duration.ofHours(5),
                        Duration.ofHours(10),
                        Duration.ofHours(14),
                        Duration.ofHours(20),
                        Duration.ofHours(24));
        assertThat(defaults)
                .isEqualTo(new WebhookProperties(
                        8, Duration.ofDays(30), 20, defaults.retryDelays(), Duration.ofSeconds(15)));
    }

    @Test
    void everyPropertyCanBeSet() {
        assertThat(bind(Map.of(
                        "anneal.webhooks.concurrency", "2",
                        "anneal.webhooks.kept", "1d",
                        "anneal.webhooks.max-endpoints", "3",
                        "anneal.webhooks.retry-delays", "1s,2s",
                        "anneal.webhooks.timeout", "6s")))
                .isEqualTo(new WebhookProperties(
                        2,
                        Duration.ofDays(1),
                        3,
                        List.of(Duration.ofSeconds(1), Duration.ofSeconds(2)),
                        Duration.ofSeconds(6)));
    }

    private static WebhookProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.webhooks", WebhookProperties.class);
    }
}
