package dev.anneal.service.notification.webhook;

import dev.anneal.protocol.WireName;
import jakarta.persistence.Convert;
import jakarta.persistence.Embeddable;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a tenant wants to be told of events.
 *
 * @param number internal key
 * @param disabled why nothing is delivered; null while it is
 * @param secretHint last characters of the secret
 * @param previousSecretUntil until when the secret before signs as well; null if none does
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

    /** What a tenant says about its endpoint. */
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
        /** Its owner wants it so. */
        REQUESTED,
        /** It has answered with status 410. */
        GONE,
        /** It has taken nothing in all the tries of a delivery. */
        EXHAUSTED;
    }

    /**
     * An endpoint when its secret is new.
     *
     * @param secret is told this once
     */
    public record WithSecret(WebhookEndpoint endpoint, String secret) {

        @Override
        public String toString() {
            return endpoint.toString();
        }
    }
}
