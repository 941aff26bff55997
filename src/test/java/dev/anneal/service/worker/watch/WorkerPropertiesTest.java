package dev.anneal.service.worker.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Keys and defaults of {@code anneal.worker}. */
class WorkerPropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of()))
                .isEqualTo(new WorkerProperties(
                        null,
                        "",
                        "",
                        List.of("cpu"),
                        "cpu",
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(1),
                        20_000,
                        Duration.ofMinutes(15),
                        20,
                        Duration.ofMinutes(10),
                        Duration.ofHours(2),
                        0,
                        null,
                        Duration.ofSeconds(12),
                        Duration.ofSeconds(25)));
    }

    @Test
    void everyPropertyCanBeSet() {
        Map<String, String> values = Map.ofEntries(
                Map.entry("anneal.worker.name", "w1"),
                Map.entry("anneal.worker.group", "gpu-a"),
                Map.entry("anneal.worker.address", "10.0.0.7"),
                Map.entry("anneal.worker.devices", "cuda:0,cuda:1"),
                Map.entry("anneal.worker.light-device", "cuda:0"),
                Map.entry("anneal.worker.poll-interval", "3s"),
                Map.entry("anneal.worker.publish-interval", "4s"),
                Map.entry("anneal.worker.buffered-events", "500"),
                Map.entry("anneal.worker.start-timeout", "5m"),
                Map.entry("anneal.worker.stall-factor", "6"),
                Map.entry("anneal.worker.shortest-stall", "7m"),
                Map.entry("anneal.worker.light-timeout", "8m"),
                Map.entry("anneal.worker.max-work", "10"),
                Map.entry("anneal.worker.max-idle", "11m"),
                Map.entry("anneal.worker.stop-grace", "9s"),
                Map.entry("anneal.worker.longest-stop-grace", "12m"));

        assertThat(bind(values))
                .isEqualTo(new WorkerProperties(
                        "w1",
                        "gpu-a",
                        "10.0.0.7",
                        List.of("cuda:0", "cuda:1"),
                        "cuda:0",
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        500,
                        Duration.ofMinutes(5),
                        6,
                        Duration.ofMinutes(7),
                        Duration.ofMinutes(8),
                        10,
                        Duration.ofMinutes(11),
                        Duration.ofSeconds(9),
                        Duration.ofMinutes(12)));
    }

    @Test
    void aCudaDeviceRunsOneJob() {
        assertThat(bind(Map.of("anneal.worker.devices", "cuda:0,cuda:1,cpu,cpu"))
                        .devices())
                .hasSize(4);
        assertThatThrownBy(() -> bind(Map.of("anneal.worker.devices", "cuda:0,cuda:0")))
                .rootCause()
                .hasMessage("anneal.worker.devices must name each device with a number once but is cuda:0,cuda:0");
    }

    @Test
    void knowsCpuAndCudaDevices() {
        assertThat(bind(Map.of("anneal.worker.devices", "cpu,cpu:0,cpu:1,cuda:3"))
                        .isEveryDeviceKnown())
                .isTrue();
        assertThat(bind(Map.of("anneal.worker.devices", "gpu")).isEveryDeviceKnown())
                .isFalse();
        assertThat(bind(Map.of("anneal.worker.light-device", "cuda")).isEveryDeviceKnown())
                .isFalse();
    }

    private static WorkerProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("anneal.worker", WorkerProperties.class);
    }
}
