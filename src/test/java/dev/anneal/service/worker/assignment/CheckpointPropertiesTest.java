package dev.anneal.service.worker.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Keys and defaults of {@code anneal.checkpoints}. */
class CheckpointPropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of())).isEqualTo(new CheckpointProperties(10));
    }

    @Test
    void everyPropertyCanBeSet() {
        assertThat(bind(Map.of("anneal.checkpoints.kept", "3"))).isEqualTo(new CheckpointProperties(3));
    }

    private static CheckpointProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("anneal.checkpoints", CheckpointProperties.class);
    }
}
