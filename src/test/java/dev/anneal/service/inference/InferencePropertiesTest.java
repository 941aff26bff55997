package dev.anneal.service.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

/** Keys and defaults of the module's settings. */
class InferencePropertiesTest {

    @Test
    void halfOfTheCoresGenerateByDefault() {
        InferenceProperties properties = bind(Map.of());

        assertThat(properties.computeThreads(1)).isEqualTo(1);
        assertThat(properties.computeThreads(2)).isEqualTo(1);
        assertThat(properties.computeThreads(16)).isEqualTo(8);
        assertThat(properties.url()).isNull();
        assertThat(properties.maxAnswers()).isEqualTo(128);
        assertThat(properties.maxAnswersOfTenant()).isEqualTo(64);
    }

    @Test
    void everyPropertyCanBeSet() {
        InferenceProperties properties = bind(Map.ofEntries(
                Map.entry("url", "http://inference:8080"),
                Map.entry("connect-timeout", "1s"),
                Map.entry("request-timeout", "1m"),
                Map.entry("stall-timeout", "30s"),
                Map.entry("device", "cuda:1"),
                Map.entry("threads", "3"),
                Map.entry("niceness", "4"),
                Map.entry("models", "5"),
                Map.entry("adapters", "6"),
                Map.entry("slots", "7"),
                Map.entry("max-tokens", "8"),
                Map.entry("prefix-cache", "10MB"),
                Map.entry("max-answers", "9"),
                Map.entry("idle-timeout", "2m")));

        assertThat(properties)
                .isEqualTo(new InferenceProperties(
                        URI.create("http://inference:8080"),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(30),
                        "cuda:1",
                        3,
                        4,
                        5,
                        6,
                        7,
                        8,
                        DataSize.ofMegabytes(10),
                        9,
                        Duration.ofMinutes(2)));
        assertThat(properties.computeThreads(16)).isEqualTo(3);
    }

    private static InferenceProperties bind(Map<String, String> values) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        values.forEach((key, value) -> source.put("anneal.inference." + key, value));
        return new Binder(source).bindOrCreate("anneal.inference", InferenceProperties.class);
    }
}
