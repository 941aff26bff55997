package dev.anneal.service.operations.metrics;

import dev.anneal.service.notification.webhook.DeliveryListener;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Counts attempts of webhook deliveries. */
@Component
@ConditionalOnRole(Role.API)
final class WebhookMeters implements DeliveryListener {

    private final EnumCounters<Outcome> tries;

    WebhookMeters(MeterRegistry registry) {
        tries = new EnumCounters<>(
                registry, Outcome.class, "outcome", MeterNames.WEBHOOK_DELIVERIES, "Tries of webhook deliveries");
    }

    @Override
    public void tried(Outcome outcome) {
        tries.of(outcome).increment();
    }
}
