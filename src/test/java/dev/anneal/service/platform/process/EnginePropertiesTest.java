package dev.anneal.service.platform.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

/** Keys and defaults of {@code anneal.engine}. */
class EnginePropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of()))
                .isEqualTo(new EngineProperties(
                        DataSize.ofGigabytes(1),
                        0,
                        5,
                        "auto",
                        null,
                        null,
                        null,
                        new EngineProperties.Malloc(
                                DataSize.ofGigabytes(4), DataSize.ofGigabytes(8), DataSize.ofMegabytes(16)),
                        List.of(),
                        Map.of()));
    }

    @Test
    void everyPropertyCanBeSet() {
        Map<String, String> values = Map.ofEntries(
                Map.entry("anneal.engine.heap", "2GB"),
                Map.entry("anneal.engine.threads", "3"),
                Map.entry("anneal.engine.niceness", "19"),
                Map.entry("anneal.engine.precision", "fp32"),
                Map.entry("anneal.engine.cache-directory", "/cache"),
                Map.entry("anneal.engine.libtorch", "/cpu"),
                Map.entry("anneal.engine.cuda-libtorch", "/torch"),
                Map.entry("anneal.engine.malloc.mmap-threshold", "1MB"),
                Map.entry("anneal.engine.malloc.trim-threshold", "2MB"),
                Map.entry("anneal.engine.malloc.top-pad", "3MB"),
                Map.entry("anneal.engine.jvm-options[0]", "-Xshare:off"),
                Map.entry("anneal.engine.environment.MARK", "1"));

        assertThat(bind(values))
                .isEqualTo(new EngineProperties(
                        DataSize.ofGigabytes(2),
                        3,
                        19,
                        "fp32",
                        Path.of("/cache"),
                        Path.of("/cpu"),
                        Path.of("/torch"),
                        new EngineProperties.Malloc(
                                DataSize.ofMegabytes(1), DataSize.ofMegabytes(2), DataSize.ofMegabytes(3)),
                        List.of("-Xshare:off"),
                        Map.of("MARK", "1")));
    }

    @Test
    void anUnknownPrecisionAndATinyHeapAreRefused() {
        assertThatThrownBy(() -> bind(Map.of("anneal.engine.precision", "fp8")))
                .rootCause()
                .hasMessage("anneal.engine.precision must be one of [auto, bf16, fp32] but is 'fp8'");
        assertThatThrownBy(() -> bind(Map.of("anneal.engine.heap", "1MB")))
                .rootCause()
                .hasMessageContaining("anneal.engine.heap must be at least 64MB");
    }

    private static EngineProperties bind(Map<String, String> values) {
        return new Binder(new MapConfigurationPropertySource(values))
                .bindOrCreate("anneal.engine", EngineProperties.class);
    }
}
