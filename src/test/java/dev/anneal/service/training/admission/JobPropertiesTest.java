package dev.anneal.service.training.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Keys and defaults of {@code anneal.jobs}. */
class JobPropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of())).isEqualTo(new JobProperties(Duration.ofSeconds(5), 1_000_000_000, 0));
    }

    @Test
    void everyPropertyCanBeSet() {
        assertThat(bind(Map.of(
                        "anneal.jobs.validation-interval", "1m",
                        "anneal.jobs.full-training-max-parameters", "2000000000000",
                        "anneal.jobs.max-devices", "64")))
                .isEqualTo(new JobProperties(Duration.ofMinutes(1), 2_000_000_000_000L, 64));
    }

    private static JobProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.jobs", JobProperties.class);
    }
}
