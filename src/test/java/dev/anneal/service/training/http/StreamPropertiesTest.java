package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Keys and defaults of {@code anneal.event-streams}. */
class StreamPropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of())).isEqualTo(new StreamProperties(Duration.ofMillis(500), Duration.ofSeconds(15), 100));
    }

    @Test
    void everyPropertyCanBeSet() {
        assertThat(bind(Map.of(
                        "anneal.event-streams.poll-interval", "1s",
                        "anneal.event-streams.heartbeat-interval", "2s",
                        "anneal.event-streams.max-streams", "3")))
                .isEqualTo(new StreamProperties(Duration.ofSeconds(1), Duration.ofSeconds(2), 3));
    }

    private static StreamProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.event-streams", StreamProperties.class);
    }
}
