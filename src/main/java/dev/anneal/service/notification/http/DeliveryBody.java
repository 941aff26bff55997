package dev.anneal.service.notification.http;

import dev.anneal.service.notification.webhook.WebhookDelivery;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The object {@code webhook_endpoint.delivery}. */
record DeliveryBody(
        String id,
        String object,
        Instant createdAt,
        String eventId,
        String eventType,
        String jobId,
        String status,
        @Nullable Instant nextAttemptAt,
        List<Attempt> attempts) {

    /** An attempt. */
    record Attempt(
            int number,
            Instant startedAt,
            double seconds,
            @Nullable Integer statusCode,
            @Nullable String failure) {}

    static DeliveryBody of(WebhookDelivery delivery) {
        return new DeliveryBody(
                delivery.id(),
                "webhook_endpoint.delivery",
                delivery.createdAt(),
                delivery.eventId(),
                delivery.eventType(),
                delivery.subject(),
                delivery.state().wireName(),
                delivery.nextTryAt(),
                delivery.attempts().stream()
                        .map(attempt -> new Attempt(
                                attempt.number(),
                                attempt.startedAt(),
                                attempt.seconds(),
                                attempt.status(),
                                attempt.failure()))
                        .toList());
    }
}
