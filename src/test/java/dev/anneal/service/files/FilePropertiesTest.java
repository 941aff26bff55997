package dev.anneal.service.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

/** The properties of this module, by their documented names. */
class FilePropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of()))
                .isEqualTo(new FileProperties(
                        DataSize.ofMegabytes(512),
                        Duration.ofMinutes(1),
                        1,
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30)));
    }

    @Test
    void everyPropertyCanBeSet() {
        assertThat(bind(Map.of(
                        "anneal.files.max-size", "1GB",
                        "anneal.files.sweep-interval", "2m",
                        "anneal.files.check-threads", "3",
                        "anneal.files.check-interval", "4s",
                        "anneal.files.check-lease", "5s")))
                .isEqualTo(new FileProperties(
                        DataSize.ofGigabytes(1),
                        Duration.ofMinutes(2),
                        3,
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5)));
    }

    private static FileProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.files", FileProperties.class);
    }
}
