package dev.anneal.service.notification.webhook;

import dev.anneal.service.notification.webhook.WebhookEndpoint.Disabled;
import dev.anneal.service.notification.webhook.WebhookEndpoint.Settings;
import dev.anneal.service.platform.secret.SealedText;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import org.hibernate.annotations.Generated;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** A row of {@code webhook_endpoint}. */
@Entity
@Immutable
@Table(name = "webhook_endpoint")
class EndpointRow {

    @Id
    @Column(name = "id")
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Nullable
    Long number;

    @Column(name = "external_id")
    String id;

    String tenantId;

    @Generated
    @Nullable
    Instant createdAt;

    @Generated
    @Nullable
    Instant updatedAt;

    Settings settings;

    @Enumerated(EnumType.STRING)
    @Nullable
    Disabled disabled;

    @Nullable
    Instant disabledAt;

    String secret;
    String secretHint;

    @Nullable
    Instant previousSecretUntil;

    EndpointRow(String tenantId, String id, Settings settings, SealedText secret, String secretHint) {
        this.tenantId = tenantId;
        this.id = id;
        this.settings = settings;
        this.secret = secret.stored();
        this.secretHint = secretHint;
    }

    /** For Hibernate. */
    @SuppressWarnings("NullAway")
    protected EndpointRow() {}
}
