package dev.anneal.service.files.upload;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The properties of this module, by their documented names. */
class UploadPropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of())).isEqualTo(new UploadProperties(Duration.ofHours(1), 1000, Duration.ofMinutes(1)));
    }

    @Test
    void everyPropertyCanBeSet() {
        assertThat(bind(Map.of(
                        "anneal.uploads.expiry",
                        "2h",
                        "anneal.uploads.pending",
                        "7",
                        "anneal.uploads.sweep-interval",
                        "5s")))
                .isEqualTo(new UploadProperties(Duration.ofHours(2), 7, Duration.ofSeconds(5)));
    }

    private static UploadProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.uploads", UploadProperties.class);
    }
}
