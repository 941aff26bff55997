package dev.anneal.service.operations.metrics;

import dev.anneal.service.operations.retention.RetentionListener;
import dev.anneal.service.platform.meter.EnumCounters;
import dev.anneal.service.platform.meter.MeterNames;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Counts deletions because of age, and refused sweeps. */
@Component
@ConditionalOnRole(Role.API)
final class RetentionMeters implements RetentionListener {

    private final EnumCounters<Deleted> removed;
    private final EnumCounters<Deleted> bytes;
    private final Counter refused;

    RetentionMeters(MeterRegistry registry) {
        removed = new EnumCounters<>(
                registry,
                Deleted.class,
                "kind",
                MeterNames.RETENTION_REMOVED,
                "Artifacts that were deleted for their age");
        bytes = new EnumCounters<>(
                registry,
                Deleted.class,
                "kind",
                MeterNames.RETENTION_REMOVED_BYTES,
                "Bytes of the artifacts that were deleted for their age");
        refused = Counter.builder(MeterNames.RETENTION_REFUSED)
                .description(
                        "Sweeps for orphans that were refused or broken off because the artifact store's marker does"
                                + " not name this installation")
                .register(registry);
    }

    @Override
    public void removed(Deleted kind, long size) {
        removed.count(kind);
        bytes.count(kind, (double) size);
    }

    @Override
    public void refused() {
        refused.increment();
    }
}
