package dev.anneal.service.notification.webhook;

import dev.anneal.service.notification.webhook.WebhookDelivery.Attempt;
import dev.anneal.service.notification.webhook.WebhookDelivery.State;
import dev.anneal.service.platform.database.TimeColumn;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.secret.SealedText;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Rows of deliveries and their attempts. Every method runs in its caller's transaction, with that transaction's role.
 */
@Component
@ConditionalOnRole(Role.API)
final class DeliveryStore {

    private static final String PAGE = """
            SELECT *
            FROM webhook_delivery
            WHERE endpoint_id = :endpoint
              AND (CAST(:state AS text) IS NULL OR state = :state)
              AND %1$s
            ORDER BY id %2$s
            LIMIT :limit
            """;

    private static final String POSITION = "(SELECT id FROM webhook_delivery WHERE external_id = :after)";

    /** One statement, because an attempt that ends between two would be shown beside the delivery's state before it. */
    private static final String WITH_ATTEMPTS = """
            SELECT delivery.*, attempt.number, attempt.started_at, attempt.seconds, attempt.status, attempt.failure
            FROM (%1$s) AS delivery
            LEFT JOIN webhook_attempt AS attempt ON attempt.delivery_id = delivery.id
            ORDER BY delivery.id %2$s, attempt.number
            """;

    private static final String DUE = """
            SELECT delivery.id, delivery.external_id, delivery.tenant_id, delivery.event_id, delivery.event_type,
                   delivery.subject, delivery.created_at, delivery.tries, endpoint.id AS endpoint,
                   endpoint.external_id AS endpoint_id, endpoint.url, endpoint.disabled IS NOT NULL AS disabled,
                   endpoint.secret,
                   CASE WHEN endpoint.previous_secret_until > clock_timestamp() THEN endpoint.previous_secret END
                       AS previous_secret
            FROM webhook_delivery AS delivery
            JOIN webhook_endpoint AS endpoint ON endpoint.id = delivery.endpoint_id
            WHERE delivery.external_id = :id AND delivery.round = :round AND delivery.state = 'PENDING'
            """;

    /** Requires the state from before the attempt, so that only one of two simultaneous attempts counts. */
    private static final String SETTLE = """
            UPDATE webhook_delivery
            SET state = :state, next_try_at = :next, tries = :tries + 1
            WHERE id = :delivery AND state = 'PENDING' AND tries = :tries
            """;

    private static final String ADD_ATTEMPT = """
            INSERT INTO webhook_attempt (delivery_id, number, tenant_id, started_at, seconds, status, failure)
            SELECT :delivery, coalesce(max(number), 0) + 1, :tenant, :started, :seconds, :status, :failure
            FROM webhook_attempt
            WHERE delivery_id = :delivery
            """;

    private static final String DELIVERED_SINCE = """
            SELECT EXISTS (
                SELECT FROM webhook_delivery AS other
                JOIN webhook_attempt AS attempt ON attempt.delivery_id = other.id
                WHERE other.endpoint_id = :endpoint AND attempt.failure IS NULL AND attempt.started_at > :since)
            """;

    private static final String REPLAY = """
            UPDATE webhook_delivery
            SET state = 'PENDING', next_try_at = clock_timestamp(), tries = 0, round = round + 1
            WHERE id = :delivery AND state <> 'PENDING'
            """;

    /** Skips rows that are being deleted with their endpoint or replayed, because it locks rows in no defined order. */
    private static final String FORGET = """
            DELETE FROM webhook_delivery
            WHERE id IN (
                SELECT id FROM webhook_delivery
                WHERE state <> 'PENDING' AND created_at < :before
                FOR UPDATE SKIP LOCKED)
            """;

    private final JdbcClient jdbc;

    DeliveryStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A delivery whose next attempt is due.
     *
     * @param number internal key
     * @param tries number of past attempts of this round
     * @param endpoint internal key
     * @param previousSecret previous secret, which signs as well; null if there is none
     */
    record Due(
            long number,
            String id,
            String tenantId,
            WebhookEvent event,
            int tries,
            long endpoint,
            String endpointId,
            URI url,
            boolean isDisabled,
            SealedText secret,
            @Nullable SealedText previousSecret) {}

    Optional<Due> due(String id, int round) {
        return jdbc.sql(DUE)
                .param("id", id)
                .param("round", round)
                .query(DeliveryStore::due)
                .optional();
    }

    private static Due due(ResultSet row, int index) throws SQLException {
        String previous = row.getString("previous_secret");
        return new Due(
                row.getLong("id"),
                row.getString("external_id"),
                row.getString("tenant_id"),
                new WebhookEvent(
                        row.getString("event_id"),
                        row.getString("event_type"),
                        row.getString("subject"),
                        Objects.requireNonNull(TimeColumn.read(row, "created_at"))),
                row.getInt("tries"),
                row.getLong("endpoint"),
                row.getString("endpoint_id"),
                URI.create(row.getString("url")),
                row.getBoolean("disabled"),
                SealedText.parse(row.getString("secret")),
                previous == null ? null : SealedText.parse(previous));
    }

    /**
     * Records an attempt and the delivery's new state.
     *
     * @param next time of the next attempt; null unless it stays pending
     * @return false if another process was first
     */
    boolean settle(Due due, State state, @Nullable Instant next, Attempt attempt) {
        int changed = jdbc.sql(SETTLE)
                .param("delivery", due.number())
                .param("state", state.name())
                .param("next", next == null ? null : next.atOffset(ZoneOffset.UTC), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("tries", due.tries())
                .update();
        if (changed == 1) {
            jdbc.sql(ADD_ATTEMPT)
                    .param("delivery", due.number())
                    .param("tenant", due.tenantId())
                    .param("started", attempt.startedAt().atOffset(ZoneOffset.UTC))
                    .param("seconds", attempt.seconds())
                    .param("status", attempt.status(), Types.INTEGER)
                    .param("failure", attempt.failure(), Types.VARCHAR)
                    .update();
        }
        return changed == 1;
    }

    /** Whether the endpoint has accepted any delivery since then. */
    boolean hasDelivered(long endpoint, Instant since) {
        return jdbc.sql(DELIVERED_SINCE)
                .param("endpoint", endpoint)
                .param("since", since.atOffset(ZoneOffset.UTC))
                .query(Boolean.class)
                .single();
    }

    /** Key of a delivery to the endpoint. */
    Optional<Long> find(long endpoint, String id) {
        return jdbc.sql("SELECT id FROM webhook_delivery WHERE endpoint_id = :endpoint AND external_id = :id")
                .param("endpoint", endpoint)
                .param("id", id)
                .query(Long.class)
                .optional();
    }

    WebhookDelivery byNumber(long number) {
        return read(withAttempts("SELECT * FROM webhook_delivery WHERE id = :number", "")
                        .param("number", number))
                .get(0);
    }

    List<WebhookDelivery> page(long endpoint, @Nullable State state, PageRequest request) {
        String page = PAGE.formatted(request.after("id", POSITION), request.order());
        return read(withAttempts(page, request.order())
                .param("endpoint", endpoint)
                .param("state", state == null ? null : state.name(), Types.VARCHAR)
                .param("after", request.after(), Types.VARCHAR)
                .param("limit", request.rowsToRead()));
    }

    private JdbcClient.StatementSpec withAttempts(String deliveries, String order) {
        return jdbc.sql(WITH_ATTEMPTS.formatted(deliveries, order));
    }

    private static List<WebhookDelivery> read(JdbcClient.StatementSpec withAttempts) {
        Map<Long, WebhookDelivery> deliveries = new LinkedHashMap<>();
        Map<Long, List<Attempt>> attempts = new HashMap<>();
        withAttempts.query(row -> {
            long number = row.getLong("id");
            deliveries.putIfAbsent(number, delivery(row));
            List<Attempt> ofDelivery = attempts.computeIfAbsent(number, key -> new ArrayList<>());
            Instant started = TimeColumn.read(row, "started_at");
            if (started != null) {
                ofDelivery.add(attempt(row, started));
            }
        });
        return deliveries.entrySet().stream()
                .map(each -> each.getValue().with(attempts.getOrDefault(each.getKey(), List.of())))
                .toList();
    }

    private static Attempt attempt(ResultSet row, Instant started) throws SQLException {
        return new Attempt(
                row.getInt("number"),
                started,
                row.getDouble("seconds"),
                row.getObject("status", Integer.class),
                row.getString("failure"));
    }

    private static WebhookDelivery delivery(ResultSet row) throws SQLException {
        return new WebhookDelivery(
                row.getString("external_id"),
                Objects.requireNonNull(TimeColumn.read(row, "created_at")),
                row.getString("event_id"),
                row.getString("event_type"),
                row.getString("subject"),
                State.valueOf(row.getString("state")),
                TimeColumn.read(row, "next_try_at"),
                List.of());
    }

    /** Starts another round of attempts; false if one is running. */
    boolean replay(long number) {
        return jdbc.sql(REPLAY).param("delivery", number).update() == 1;
    }

    int forget(Instant before) {
        return jdbc.sql(FORGET).param("before", before.atOffset(ZoneOffset.UTC)).update();
    }
}
