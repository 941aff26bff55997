package dev.anneal.service.access.audit;

import dev.anneal.service.access.tenant.Credential;
import dev.anneal.service.platform.paging.PageRequest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The rows of {@code audit_log}. */
@Component
final class AuditRows {

    private static final String PAGE = """
            SELECT *
            FROM audit_log
            WHERE %1$s
            ORDER BY at %2$s, public_id %2$s
            LIMIT :limit
            """;

    private static final String POSITION = "(SELECT at, public_id FROM audit_log WHERE public_id = :after)";

    private final JdbcClient jdbc;

    AuditRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void add(AuditEntry entry) {
        Credential actor = entry.actor();
        jdbc.sql("""
                        INSERT INTO audit_log (public_id, at, action, outcome, status, actor_kind, actor_id, project,
                                               object, method, path, client_ip, request_id, trace_id)
                        VALUES (:id, :at, :action, :outcome, :status, :kind, :actor, :project, :object,
                                :method, :path, :ip, :request, :trace)
                        ON CONFLICT (public_id) DO NOTHING
                        """)
                .param("id", entry.id())
                .param("at", Timestamp.from(entry.at()))
                .param("action", entry.action())
                .param("outcome", entry.outcome())
                .param("status", entry.status())
                .param("kind", actor == null ? null : actor.kind().wireName())
                .param("actor", actor == null ? null : actor.id())
                .param("project", entry.project())
                .param("object", entry.object())
                .param("method", entry.origin().method())
                .param("path", entry.origin().path())
                .param("ip", entry.origin().clientIp())
                .param("request", entry.origin().requestId())
                .param("trace", entry.origin().traceId())
                .update();
    }

    List<AuditEntry> list(AuditQuery query, PageRequest page) {
        List<String> conditions = new ArrayList<>(List.of(page.after("(at, public_id)", POSITION)));
        amongst(conditions, "action", "actions", query.actions());
        amongst(conditions, "actor_id", "actors", query.actorIds());
        amongst(conditions, "project", "projects", query.projects());
        amongst(conditions, "object", "objects", query.objects());
        if (query.from() != null) {
            conditions.add("at >= :from");
        }
        if (query.to() != null) {
            conditions.add("at < :to");
        }
        // Frequent values are found in the order of time, rare ones by their own index, and only the values tell.
        jdbc.sql("SET LOCAL plan_cache_mode = force_custom_plan").update();
        return jdbc.sql(PAGE.formatted(String.join(" AND ", conditions), page.order()))
                .param("actions", query.actions())
                .param("actors", query.actorIds())
                .param("projects", query.projects())
                .param("objects", query.objects())
                .param("from", query.from() == null ? null : Timestamp.from(query.from()))
                .param("to", query.to() == null ? null : Timestamp.from(query.to()))
                .param("after", page.after())
                .param("limit", page.rowsToRead())
                .query((row, number) -> read(row))
                .list();
    }

    boolean exists(String id) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM audit_log WHERE public_id = ?)")
                .param(id)
                .query(Boolean.class)
                .single();
    }

    /** Deletes expired entries, the oldest first, and returns their number. */
    long forget(Duration retention, int most) {
        return jdbc.sql("SELECT forget_audit_log(make_interval(secs => ?), ?)")
                .params((double) retention.toSeconds(), most)
                .query(Long.class)
                .single();
    }

    private static void amongst(List<String> conditions, String column, String name, List<String> values) {
        if (!values.isEmpty()) {
            conditions.add(column + " IN (:" + name + ")");
        }
    }

    private static AuditEntry read(ResultSet row) throws SQLException {
        String kind = row.getString("actor_kind");
        return new AuditEntry(
                row.getString("public_id"),
                row.getTimestamp("at").toInstant(),
                row.getString("action"),
                row.getString("outcome"),
                row.getInt("status"),
                kind == null
                        ? null
                        : new Credential(
                                Credential.Source.valueOf(kind.toUpperCase(Locale.ROOT)), row.getString("actor_id")),
                row.getString("project"),
                row.getString("object"),
                new AuditEntry.Origin(
                        row.getString("method"),
                        row.getString("path"),
                        row.getString("client_ip"),
                        row.getString("request_id"),
                        row.getString("trace_id")));
    }
}
