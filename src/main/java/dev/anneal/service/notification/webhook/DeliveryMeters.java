package dev.anneal.service.notification.webhook;

import dev.anneal.service.platform.meter.EnumCounters;
import dev.anneal.service.platform.meter.MeterNames;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Counts attempts of webhook deliveries by the state of the delivery after them. */
@Component
@ConditionalOnRole(Role.API)
final class DeliveryMeters extends EnumCounters<DeliveryMeters.Outcome> {

    DeliveryMeters(MeterRegistry registry) {
        super(registry, Outcome.class, "outcome", MeterNames.WEBHOOK_DELIVERIES, "Tries of webhook deliveries");
    }

    /** State of the delivery after the attempt. */
    enum Outcome {
        DELIVERED,
        RETRIED,
        FAILED
    }
}
