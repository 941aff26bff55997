package dev.anneal.service.operations.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The properties of this module, by their documented names. */
class RetentionPropertiesTest {

    @Test
    void whatCanBeUsedAgainIsKeptByDefault() {
        RetentionProperties defaults = bind(Map.of());

        assertThat(defaults.retention()).isEqualTo(Retention.NONE);
        assertThat(defaults.historyDays()).isNull();
        assertThat(defaults.trainingStateDays()).isEqualTo(1);
        assertThat(defaults.orphanAge()).isEqualTo(Duration.ofDays(7));
        assertThat(defaults.interval()).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void everyPropertyCanBeSet() {
        RetentionProperties properties = bind(Map.of(
                "anneal.retention.intermediate-checkpoints", "14d",
                "anneal.retention.exports", "90d",
                "anneal.retention.history", "400d",
                "anneal.retention.training-states", "3d",
                "anneal.retention.orphans", "30d",
                "anneal.retention.interval", "6h"));

        assertThat(properties.retention()).isEqualTo(new Retention(14, 90));
        assertThat(properties.historyDays()).isEqualTo(400);
        assertThat(properties.trainingStateDays()).isEqualTo(3);
        assertThat(properties.orphanAge()).isEqualTo(Duration.ofDays(30));
        assertThat(properties.interval()).isEqualTo(Duration.ofHours(6));
    }

    @Test
    void orphansAndTrainingStatesMayStayForGood() {
        assertThat(bind(Map.of("anneal.retention.training-states", "never")).trainingStateDays())
                .isNull();
        assertThat(bind(Map.of("anneal.retention.orphans", "never")).orphanAge())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "exports, 0d",
        "exports, 36h",
        "intermediate-checkpoints, 1h",
        "history, 12h",
        "training-states, 23h",
        "training-states, off",
        "orphans, 23h",
        "orphans, off"
    })
    void lessThanADayIsRefusedByName(String name, String value) {
        assertThatThrownBy(() -> bind(Map.of("anneal.retention." + name, value)))
                .rootCause()
                .hasMessageContaining("anneal.retention." + name + " must be");
    }

    private static RetentionProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.retention", RetentionProperties.class);
    }
}
