package dev.anneal.service.platform.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The properties of this module, by their documented names. */
class BackgroundPropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of())).isEqualTo(new BackgroundProperties(Duration.ofSeconds(1), Duration.ofMinutes(1)));
    }

    @Test
    void everyPropertyCanBeSet() {
        assertThat(bind(Map.of("anneal.background.poll-interval", "4s", "anneal.background.takeover", "5s")))
                .isEqualTo(new BackgroundProperties(Duration.ofSeconds(4), Duration.ofSeconds(5)));
    }

    private static BackgroundProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.background", BackgroundProperties.class);
    }
}
