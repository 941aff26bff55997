package dev.anneal.service.queue.secret;

import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.RecurringChore;
import dev.anneal.service.platform.secret.SealedColumn;
import dev.anneal.service.platform.secret.SealedText;
import dev.anneal.service.platform.secret.Secrets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Secrets in stored documents. Each is in a separate row, whose id stands in the document. */
@Component
public final class SealedValues {

    static final SealedColumn COLUMN = new SealedColumn("sealed_value", "id", "sealed");
    private static final String ID_PREFIX = "sealed_";

    /** How long secrets of work that failed because of the platform are kept, because it may be resumed. */
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

    @Bean
    SealedColumn sealedValueColumn() {
        return COLUMN;
    }

    @Bean
    @ConditionalOnRole(Role.API)
    RecurringChore sealedValueSweep() {
        return new RecurringChore("sealed-value-sweep", Duration.ofMinutes(10), this::removeOfEnded);
    }

    /** An encrypted secret. */
    record Row(String id, String sealed) {}

    /**
     * Stores a secret until its work has ended. Requires a transaction of the tenant.
     *
     * @return the id that replaces it in the document
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
     * The stored secrets of a tenant's work, by id.
     *
     * @throws IllegalStateException if one cannot be decrypted, for example because its key is not configured
     */
    public Map<String, String> ofWork(String tenantId, long workId) {
        List<Row> rows =
                database.call(() -> jdbc.sql("SELECT id, sealed FROM sealed_value WHERE work_id = ? AND tenant_id = ?")
                        .params(workId, tenantId)
                        .query(Row.class)
                        .list());
        return rows.stream()
                .collect(Collectors.toMap(
                        Row::id, row -> secrets.open(COLUMN, row.id(), SealedText.parse(row.sealed()))));
    }

    /** Whether all of these secrets of a work are still stored. Requires a transaction of the tenant. */
    public boolean areKept(long workId, Set<String> ids) {
        return jdbc.sql("SELECT id FROM sealed_value WHERE work_id = ?")
                .param(workId)
                .query(String.class)
                .list()
                .containsAll(ids);
    }

    /** Removes secrets of finished work. */
    void removeOfEnded() {
        database.run(() ->
                jdbc.sql(REMOVE_OF_ENDED).param("days", DAYS_AFTER_FAILURE).update());
    }
}
