package dev.anneal.service.storage;

import dev.anneal.protocol.WireName;
import dev.anneal.service.platform.meter.EnumCounters;
import dev.anneal.service.platform.meter.MeterNames;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Times and counts operations of the artifact store; all series exist from the start with 0. */
@Component
public final class StoreMeters {

    /** From a local file access to the upload of a model's weights. */
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10)
    };

    private final Map<StoreOperation, Timer> timers = new EnumMap<>(StoreOperation.class);
    private final EnumCounters<StoreOperation> errors;

    StoreMeters(MeterRegistry registry) {
        errors = new EnumCounters<>(
                registry,
                StoreOperation.class,
                "op",
                MeterNames.STORE_ERRORS,
                "Operations in which the artifact store itself failed");
        for (StoreOperation operation : StoreOperation.values()) {
            timers.put(
                    operation,
                    Timer.builder(MeterNames.STORE)
                            .description("Operations of the artifact store")
                            .tag("op", WireName.of(operation))
                            .serviceLevelObjectives(BUCKETS)
                            .register(registry));
        }
    }

    /**
     * @param failed whether the store itself failed; false for a missing file and for content that is too large
     */
    void done(StoreOperation operation, Duration took, boolean failed) {
        Objects.requireNonNull(timers.get(operation)).record(took);
        if (failed) {
            errors.count(operation);
        }
    }
}
