package dev.anneal.service.operations.metrics;

import dev.anneal.service.notification.webhook.DeliveryListener;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Counts tries of webhook deliveries; the outcomes are there from the start, with 0. */
@Component
@ConditionalOnRole(Role.API)
final class WebhookMeters implements DeliveryListener {

    private final Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);

    WebhookMeters(MeterRegistry registry) {
        for (Outcome outcome : Outcome.values()) {
            counters.put(
                    outcome,
                    Counter.builder(MeterNames.WEBHOOK_DELIVERIES)
                            .description("Tries of webhook deliveries")
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    @Override
    public void tried(Outcome outcome) {
        Objects.requireNonNull(counters.get(outcome)).increment();
    }
}
