package dev.anneal.service.platform.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Disables OpenTelemetry completely if no collector is configured. Boot's own switch leaves an SDK that creates
 * unexported spans, whose ids would appear in logs and rows.
 */
final class TracingFilter implements AutoConfigurationImportFilter, EnvironmentAware {

    private static final List<String> TRACING = List.of(
            "org.springframework.boot.opentelemetry.autoconfigure.",
            "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.");

    private boolean isCollected;

    /** Boot reads OpenTelemetry's variables, such as {@code OTEL_EXPORTER_OTLP_ENDPOINT}, into the same property. */
    @Override
    public void setEnvironment(Environment environment) {
        isCollected = !environment
                .getProperty("management.opentelemetry.tracing.export.otlp.endpoint", "")
                .isBlank();
    }

    @Override
    public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
        boolean[] wanted = new boolean[classes.length];
        for (int i = 0; i < classes.length; i++) {
            String name = classes[i];
            wanted[i] = isCollected || name == null || TRACING.stream().noneMatch(name::startsWith);
        }
        return wanted;
    }
}
