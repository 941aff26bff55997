package dev.anneal.service.platform.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Keys and defaults of {@code anneal.outbound}. */
class OutboundPropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of())).isEqualTo(new OutboundProperties(List.of()));
    }

    @Test
    void everyPropertyCanBeSet() {
        assertThat(bind(Map.of("anneal.outbound.allowed-addresses", "10.1.0.0/16,192.168.1.7")))
                .isEqualTo(new OutboundProperties(List.of("10.1.0.0/16", "192.168.1.7")));
    }

    private static OutboundProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.outbound", OutboundProperties.class);
    }
}
