package dev.anneal.service.notification.webhook;

import dev.anneal.protocol.WireName;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One event for one endpoint.
 *
 * @param id the {@code webhook-id} of each attempt
 * @param subject id of the job that the event is about
 * @param nextTryAt time of the next attempt; null unless it is pending
 * @param attempts past attempts of all rounds, oldest first
 */
public record WebhookDelivery(
        String id,
        Instant createdAt,
        String eventId,
        String eventType,
        String subject,
        State state,
        @Nullable Instant nextTryAt,
        List<Attempt> attempts) {

    public WebhookDelivery {
        attempts = List.copyOf(attempts);
    }

    /** This delivery with its attempts. */
    WebhookDelivery with(List<Attempt> ended) {
        return new WebhookDelivery(id, createdAt, eventId, eventType, subject, state, nextTryAt, ended);
    }

    /** States of a delivery. */
    public enum State implements WireName {
        PENDING,
        DELIVERED,
        /** Not tried again unless it is replayed. */
        FAILED;
    }

    /**
     * An attempt.
     *
     * @param seconds how long it took
     * @param status status of the answer; null if there was none
     * @param failure why it failed; null if it succeeded
     */
    public record Attempt(
            int number,
            Instant startedAt,
            double seconds,
            @Nullable Integer status,
            @Nullable String failure) {}
}
