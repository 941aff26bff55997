package dev.anneal.service.notification.webhook;

import dev.anneal.service.notification.webhook.WebhookEndpoint.Disabled;
import dev.anneal.service.notification.webhook.WebhookEndpoint.Settings;
import dev.anneal.service.platform.database.TenantLock;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.secret.SealedColumn;
import dev.anneal.service.platform.secret.SealedText;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Changes endpoints. Every method runs in its caller's transaction, with that transaction's role. */
@Component
@ConditionalOnRole(Role.API)
final class EndpointStore {

    static final SealedColumn SECRET = new SealedColumn("webhook_endpoint", "external_id", "secret");
    static final SealedColumn PREVIOUS_SECRET = new SealedColumn("webhook_endpoint", "external_id", "previous_secret");

    private static final String UPDATE = """
            UPDATE webhook_endpoint
            SET name = :name, url = :url, event_types = :types, updated_at = clock_timestamp()
            WHERE external_id = :id AND (name, url, event_types) IS DISTINCT FROM (:name, :url, CAST(:types AS text[]))
            """;

    /** Keeps the reason of an endpoint that is already disabled. */
    private static final String DISABLE = """
            UPDATE webhook_endpoint
            SET disabled = :reason, disabled_at = clock_timestamp(), updated_at = clock_timestamp()
            WHERE id = :number AND disabled IS NULL
            """;

    private static final String ENABLE = """
            UPDATE webhook_endpoint
            SET disabled = NULL, disabled_at = NULL, updated_at = clock_timestamp()
            WHERE id = :number AND disabled IS NOT NULL
            """;

    private static final String ROTATE = """
            UPDATE webhook_endpoint
            SET secret = :secret, secret_hint = :hint, previous_secret = :previous, previous_secret_until = :until,
                updated_at = clock_timestamp()
            WHERE external_id = :id
            """;

    private final JdbcClient jdbc;

    EndpointStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Waits until no other creation of the tenant is between its count and its insert. */
    void lockLimit(String tenant) {
        TenantLock.WEBHOOK_ENDPOINTS.take(jdbc, tenant);
    }

    void update(String id, Settings settings) {
        jdbc.sql(UPDATE)
                .param("id", id)
                .param("name", settings.name())
                .param("url", settings.url().toString())
                .param("types", new EventTypesColumn().convertToDatabaseColumn(settings.eventTypes()))
                .update();
    }

    /** Locks the endpoint for a change and returns its sealed secret. */
    SealedText lockSecret(String id) {
        return SealedText.parse(jdbc.sql("SELECT secret FROM webhook_endpoint WHERE external_id = :id FOR UPDATE")
                .param("id", id)
                .query(String.class)
                .single());
    }

    boolean disable(long number, Disabled reason) {
        return jdbc.sql(DISABLE)
                        .param("number", number)
                        .param("reason", reason.name())
                        .update()
                == 1;
    }

    void enable(long number) {
        jdbc.sql(ENABLE).param("number", number).update();
    }

    void rotate(String id, SealedText secret, String hint, @Nullable SealedText previous, @Nullable Instant until) {
        jdbc.sql(ROTATE)
                .param("id", id)
                .param("secret", secret.stored())
                .param("hint", hint)
                .param("previous", previous == null ? null : previous.stored(), java.sql.Types.VARCHAR)
                .param(
                        "until",
                        until == null ? null : until.atOffset(ZoneOffset.UTC),
                        java.sql.Types.TIMESTAMP_WITH_TIMEZONE)
                .update();
    }

    /** Locks the endpoint's row until the end of the transaction. */
    void lock(long number) {
        jdbc.sql("SELECT id FROM webhook_endpoint WHERE id = :number FOR NO KEY UPDATE")
                .param("number", number)
                .query(Long.class)
                .optional();
    }

    /** Deletes the endpoint with its deliveries. */
    void delete(long number) {
        jdbc.sql("DELETE FROM webhook_endpoint WHERE id = :number")
                .param("number", number)
                .update();
    }
}
