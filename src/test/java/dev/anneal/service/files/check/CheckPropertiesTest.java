package dev.anneal.service.files.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The properties of this module, by their documented names. */
class CheckPropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of())).isEqualTo(new CheckProperties(1, Duration.ofSeconds(5), Duration.ofSeconds(30)));
    }

    @Test
    void everyPropertyCanBeSet() {
        assertThat(bind(Map.of(
                        "anneal.files.check-threads", "3",
                        "anneal.files.check-interval", "4s",
                        "anneal.files.check-lease", "5s")))
                .isEqualTo(new CheckProperties(3, Duration.ofSeconds(4), Duration.ofSeconds(5)));
    }

    private static CheckProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.files", CheckProperties.class);
    }
}
