package dev.anneal.service.operations.metrics;

import dev.anneal.service.queue.lease.Rescue;
import dev.anneal.service.queue.lease.RescueListener;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Counts rescues by reason. */
@Component
final class RescueMeters implements RescueListener {

    private final EnumCounters<Rescue.Reason> rescues;

    RescueMeters(MeterRegistry registry) {
        rescues = new EnumCounters<>(
                registry,
                Rescue.Reason.class,
                "reason",
                MeterNames.RESCUED,
                "Attempts that this process ended for a lost worker");
    }

    @Override
    public void committed(Rescue rescue) {
        rescues.count(rescue.reason());
    }
}
