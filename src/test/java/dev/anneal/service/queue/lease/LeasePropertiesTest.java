package dev.anneal.service.queue.lease;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The keys, defaults and limits of the queue's settings. */
class LeasePropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of()))
                .isEqualTo(new LeaseProperties(
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(15),
                        Duration.ofDays(7),
                        16,
                        Duration.ofMinutes(10),
                        0,
                        5,
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(10)));
    }

    @Test
    void everyPropertyCanBeSet() {
        assertThat(bind(Map.ofEntries(
                        Map.entry("anneal.queue.lease", "10s"),
                        Map.entry("anneal.queue.heartbeat-interval", "3s"),
                        Map.entry("anneal.queue.safety-margin", "2s"),
                        Map.entry("anneal.queue.scan-interval", "1s"),
                        Map.entry("anneal.queue.stall-timeout", "4s"),
                        Map.entry("anneal.queue.max-run-time", "5s"),
                        Map.entry("anneal.queue.tenant-running-limit", "6"),
                        Map.entry("anneal.queue.overtaking", "12s"),
                        Map.entry("anneal.queue.user-retries", "7"),
                        Map.entry("anneal.queue.platform-retries", "8"),
                        Map.entry("anneal.queue.retry-delay", "9s"),
                        Map.entry("anneal.queue.max-retry-delay", "11s"))))
                .isEqualTo(new LeaseProperties(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5),
                        6,
                        Duration.ofSeconds(12),
                        7,
                        8,
                        Duration.ofSeconds(9),
                        Duration.ofSeconds(11)));
    }

    @Test
    void leaseHoldsThreeHeartbeats() {
        assertThat(violations(Map.of("anneal.queue.lease", "40s"))).isEqualTo(1);
        assertThat(violations(Map.of("anneal.queue.lease", "45s"))).isZero();
    }

    @Test
    void leaseOutlastsTwoHeartbeatsAndTheSafetyMargin() {
        assertThat(violations(Map.of("anneal.queue.safety-margin", "30s"))).isZero();
        assertThat(violations(Map.of("anneal.queue.safety-margin", "31s"))).isEqualTo(1);
        assertThat(violations(Map.of("anneal.queue.safety-margin", "45s"))).isEqualTo(1);
    }

    private static int violations(Map<String, String> properties) {
        try (ValidatorFactory factory = Validation.buildDefaultValidatorFactory()) {
            return factory.getValidator().validate(bind(properties)).size();
        }
    }

    private static LeaseProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.queue", LeaseProperties.class);
    }
}
