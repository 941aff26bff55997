package dev.anneal.service.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

/** The properties of this module, by their documented names. */
class WebPropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of())).isEqualTo(new WebProperties(DataSize.ofMegabytes(1), true));
    }

    @Test
    void everyPropertyCanBeSet() {
        assertThat(bind(Map.of("anneal.api.max-body-size", "2MB", "anneal.api.ui", "false")))
                .isEqualTo(new WebProperties(DataSize.ofMegabytes(2), false));
    }

    private static WebProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.api", WebProperties.class);
    }
}
