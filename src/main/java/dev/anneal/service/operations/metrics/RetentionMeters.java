package dev.anneal.service.operations.metrics;

import dev.anneal.service.operations.retention.RetentionListener;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Counts what is deleted for its age, and sweeps that are refused; every kind is there from the start, with 0. */
@Component
@ConditionalOnRole(Role.API)
final class RetentionMeters implements RetentionListener {

    private final Map<Kind, Counter> removed = new EnumMap<>(Kind.class);
    private final Map<Kind, Counter> bytes = new EnumMap<>(Kind.class);
    private final Counter refused;

    RetentionMeters(MeterRegistry registry) {
        for (Kind kind : Kind.values()) {
            String tag = kind.name().toLowerCase(Locale.ROOT);
            removed.put(
                    kind,
                    Counter.builder(MeterNames.RETENTION_REMOVED)
                            .description("Artifacts that were deleted for their age")
                            .tag("kind", tag)
                            .register(registry));
            bytes.put(
                    kind,
                    Counter.builder(MeterNames.RETENTION_REMOVED_BYTES)
                            .description("Bytes of the artifacts that were deleted for their age")
                            .tag("kind", tag)
                            .register(registry));
        }
        refused = Counter.builder(MeterNames.RETENTION_REFUSED)
                .description(
                        "Sweeps for orphans that were refused or broken off because the artifact store's marker does not name this installation")
                .register(registry);
    }

    @Override
    public void removed(Kind kind, long size) {
        Objects.requireNonNull(removed.get(kind)).increment();
        Objects.requireNonNull(bytes.get(kind)).increment((double) size);
    }

    @Override
    public void refused() {
        refused.increment();
    }
}
