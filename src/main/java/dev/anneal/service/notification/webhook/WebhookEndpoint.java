package dev.anneal.service.notification.webhook;

import dev.anneal.protocol.WireName;
import jakarta.persistence.Convert;
import jakarta.persistence.Embeddable;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's endpoint for events.
 *
 * @param number internal key
 * @param disabled why nothing is delivered; null while it is enabled
 * @param secretHint last characters of the secret
 * @param previousSecretUntil until when the previous secret signs as well; null if none does
 */
public record WebhookEndpoint(
        long number,
        String id,
        Instant createdAt,
        Instant updatedAt,
        Settings settings,
        @Nullable Disabled disabled,
        @Nullable Instant disabledAt,
        String secretHint,
        @Nullable Instant previousSecretUntil) {

    /** A tenant's settings of an endpoint. */
    @Embeddable
    public record Settings(
            String name,
            URI url,
            @Convert(converter = EventTypesColumn.class) List<WebhookEventType> eventTypes) {

        public Settings {
            eventTypes = List.copyOf(eventTypes);
        }
    }

    /** Why nothing is delivered. */
    public enum Disabled implements WireName {
        /** Disabled by its owner. */
        REQUESTED,
        /** It answered with status 410. */
        GONE,
        /** It accepted nothing during all attempts of a delivery. */
        EXHAUSTED;
    }

    /**
     * An endpoint with its new secret.
     *
     * @param secret shown only this once
     */
    public record WithSecret(WebhookEndpoint endpoint, String secret) {

        @Override
        public String toString() {
            return endpoint.toString();
        }
    }
}
