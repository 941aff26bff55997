package dev.anneal.service.operations.metrics;

import dev.anneal.service.queue.lease.Rescue;
import dev.anneal.service.queue.lease.RescueListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Counts rescues by reason; the reasons are there from the start, with 0. */
@Component
final class RescueMeters implements RescueListener {

    private final Map<Rescue.Reason, Counter> counters = new EnumMap<>(Rescue.Reason.class);

    RescueMeters(MeterRegistry registry) {
        for (Rescue.Reason reason : Rescue.Reason.values()) {
            counters.put(
                    reason,
                    Counter.builder(MeterNames.RESCUED)
                            .description("Attempts that this process ended for a lost worker")
                            .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    @Override
    public void committed(Rescue rescue) {
        Objects.requireNonNull(counters.get(rescue.reason())).increment();
    }
}
