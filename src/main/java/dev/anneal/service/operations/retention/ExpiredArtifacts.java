package dev.anneal.service.operations.retention;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finds expired artifacts, in the order of internal keys. Uses the database's time. */
@Component
@ConditionalOnRole(Role.API)
final class ExpiredArtifacts {

    private static final int BATCH = 100;

    private static final String JOBS = """
            SELECT job.id
            FROM trained_job AS job
            LEFT JOIN tenant_retention AS own ON own.tenant_id = job.tenant_id
            WHERE job.finished_at < clock_timestamp() -
                  make_interval(days => coalesce(own.intermediate_checkpoints_days, CAST(:days AS integer)))
              AND job.has_older_checkpoints
              AND job.id > :after
            ORDER BY job.id
            LIMIT :batch
            """;

    private static final String EXPORTS = """
            SELECT export.id
            FROM finished_export AS export
            LEFT JOIN tenant_retention AS own ON own.tenant_id = export.tenant_id
            WHERE export.finished_at < clock_timestamp() -
                  make_interval(days => coalesce(own.exports_days, CAST(:days AS integer)))
              AND export.id > :after
            ORDER BY export.id
            LIMIT :batch
            """;

    private final JdbcClient jdbc;
    private final SystemDatabase system;
    private final Retention defaults;

    ExpiredArtifacts(JdbcClient jdbc, SystemDatabase system, RetentionProperties properties) {
        this.jdbc = jdbc;
        this.system = system;
        this.defaults = properties.retention();
    }

    /** Expired jobs with more than one checkpoint, after the key {@code after}. */
    List<Long> jobs(long after) {
        return system.call(() -> find(JOBS, defaults.intermediateCheckpointsDays(), after));
    }

    /** Expired exports, after the key {@code after}. */
    List<Long> exports(long after) {
        return system.call(() -> find(EXPORTS, defaults.exportsDays(), after));
    }

    private List<Long> find(String query, @Nullable Integer days, long after) {
        return jdbc.sql(query)
                .param("days", days)
                .param("after", after)
                .param("batch", BATCH)
                .query(Long.class)
                .list();
    }
}
