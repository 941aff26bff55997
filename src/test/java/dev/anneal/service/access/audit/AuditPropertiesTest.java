package dev.anneal.service.access.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** How the retention of the audit log is set. */
class AuditPropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of())).isEqualTo(new AuditProperties(Duration.ofDays(365)));
    }

    @Test
    void everyPropertyCanBeSet() {
        assertThat(bind(Map.of("anneal.audit.retention", "90d"))).isEqualTo(new AuditProperties(Duration.ofDays(90)));
    }

    @Test
    void youngEntriesAreKept() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AuditProperties(Duration.ofDays(29)))
                .withMessage("anneal.audit.retention must be at least 30d but is PT696H");
    }

    private static AuditProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.audit", AuditProperties.class);
    }
}
