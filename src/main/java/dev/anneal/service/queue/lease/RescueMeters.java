package dev.anneal.service.queue.lease;

import dev.anneal.service.platform.meter.EnumCounters;
import dev.anneal.service.platform.meter.MeterNames;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Counts rescues by reason. */
@Component
final class RescueMeters extends EnumCounters<Rescue.Reason> {

    RescueMeters(MeterRegistry registry) {
        super(
                registry,
                Rescue.Reason.class,
                "reason",
                MeterNames.RESCUED,
                "Attempts that this process ended for a lost worker");
    }
}
