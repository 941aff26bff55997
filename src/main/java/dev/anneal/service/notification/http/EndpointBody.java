package dev.anneal.service.notification.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.service.notification.webhook.WebhookEndpoint;
import dev.anneal.service.notification.webhook.WebhookEventType;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The object {@code webhook_endpoint}.
 *
 * @param signingSecret only in responses that create it; omitted from all others
 */
record EndpointBody(
        String id,
        String object,
        Instant createdAt,
        Instant updatedAt,
        String name,
        String url,
        List<String> eventTypes,
        String signingSecretHint,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String signingSecret,
        Extension anneal) {

    /**
     * Fields that OpenAI's object does not have.
     *
     * @param disabledReason why it is disabled; null while it is enabled
     * @param previousSecretExpiresAt until when the previous secret signs as well; null if none does
     */
    record Extension(
            boolean enabled,
            @Nullable String disabledReason,
            @Nullable Instant disabledAt,
            @Nullable Instant previousSecretExpiresAt) {}

    static EndpointBody of(WebhookEndpoint endpoint) {
        return of(endpoint, null);
    }

    static EndpointBody of(WebhookEndpoint.WithSecret made) {
        return of(made.endpoint(), made.secret());
    }

    private static EndpointBody of(WebhookEndpoint endpoint, @Nullable String secret) {
        WebhookEndpoint.Disabled disabled = endpoint.disabled();
        return new EndpointBody(
                endpoint.id(),
                "webhook_endpoint",
                endpoint.createdAt(),
                endpoint.updatedAt(),
                endpoint.settings().name(),
                endpoint.settings().url().toString(),
                endpoint.settings().eventTypes().stream()
                        .map(WebhookEventType::wireName)
                        .toList(),
                "whsec_..." + endpoint.secretHint(),
                secret,
                new Extension(
                        disabled == null,
                        disabled == null ? null : disabled.wireName(),
                        endpoint.disabledAt(),
                        endpoint.previousSecretUntil()));
    }
}
