package dev.anneal.service.queue.secret;

import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.secret.SealedColumn;
import dev.anneal.service.platform.secret.SealedText;
import dev.anneal.service.platform.secret.Secrets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Secrets within stored documents. Each is kept in a row of its own, and the document holds the row's id, which is no secret. */
@Component
public final class SealedValues {

    static final SealedColumn COLUMN = new SealedColumn("sealed_value", "id", "sealed");
    static final String ID_PREFIX = "sealed_";

    /** Work that failed by the platform's fault may be resumed; its secrets are kept for this long. */
    public static final int DAYS_AFTER_FAILURE = 7;

    private static final String REMOVE_OF_ENDED = """
            DELETE FROM sealed_value
            USING work
            WHERE work.id = sealed_value.work_id
              AND work.finished_at IS NOT NULL
              AND (work.state <> 'FAILED'
                   OR work.error ->> 'origin' = 'USER'
                   OR work.finished_at < clock_timestamp() - make_interval(days => :days))
            """;

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final Secrets secrets;
    private final Identifiers identifiers;

    SealedValues(JdbcClient jdbc, SystemDatabase database, Secrets secrets, Identifiers identifiers) {
        this.jdbc = jdbc;
        this.database = database;
        this.secrets = secrets;
        this.identifiers = identifiers;
    }

    /** A sealed secret. */
    record Row(String id, String sealed) {}

    /**
     * Keeps a secret until the work has ended that needs it. Within a transaction of the tenant.
     *
     * @return what stands for it in the document
     * @throws dev.anneal.service.platform.refusal.Refusal {@code secrets_not_configured}
     */
    public String keep(String tenantId, long workId, String secret) {
        String id = identifiers.next(ID_PREFIX);
        jdbc.sql("INSERT INTO sealed_value (id, tenant_id, work_id, sealed) VALUES (?, ?, ?, ?)")
                .params(id, tenantId, workId, secrets.seal(COLUMN, id, secret).stored())
                .update();
        return id;
    }

    /**
     * The secrets that are kept for a tenant's work.
     *
     * @throws IllegalStateException if one does not open, as when its key is not configured
     */
    public OpenedValues ofWork(String tenantId, long workId) {
        List<Row> rows =
                database.call(() -> jdbc.sql("SELECT id, sealed FROM sealed_value WHERE work_id = ? AND tenant_id = ?")
                        .params(workId, tenantId)
                        .query(Row.class)
                        .list());
        return new OpenedValues(rows.stream()
                .collect(Collectors.toMap(
                        Row::id, row -> secrets.open(COLUMN, row.id(), SealedText.parse(row.sealed())))));
    }

    /**
     * Whether all secrets that a work's document refers to are still kept. Call it within a transaction of the tenant.
     *
     * @param values of the document; those that are no ids are secrets themselves
     */
    public boolean areKept(long workId, Set<String> values) {
        List<String> kept = jdbc.sql("SELECT id FROM sealed_value WHERE work_id = ?")
                .param(workId)
                .query(String.class)
                .list();
        return values.stream().filter(OpenedValues::isId).allMatch(kept::contains);
    }

    /** Removes secrets of work that has ended for good: it does not run again. */
    void removeOfEnded() {
        database.run(() ->
                jdbc.sql(REMOVE_OF_ENDED).param("days", DAYS_AFTER_FAILURE).update());
    }
}
