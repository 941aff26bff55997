package dev.anneal.service.access.quota;

import dev.anneal.service.platform.database.SystemDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What tenants may use and do use. A tenant is named with every call: some transactions see the rows of all. */
public final class Quotas {

    private static final String FIND = """
            SELECT running_jobs, unfinished_jobs, upload_bytes, stored_bytes, training_hours_per_month
            FROM tenant_quota
            WHERE tenant_id = :tenant
            """;

    private static final String SAVE = """
            INSERT INTO tenant_quota
                (tenant_id, running_jobs, unfinished_jobs, upload_bytes, stored_bytes, training_hours_per_month)
            VALUES (:tenant, :runningJobs, :unfinishedJobs, :uploadBytes, :storedBytes, :trainingHours)
            ON CONFLICT (tenant_id) DO UPDATE
            SET running_jobs = excluded.running_jobs, unfinished_jobs = excluded.unfinished_jobs,
                upload_bytes = excluded.upload_bytes, stored_bytes = excluded.stored_bytes,
                training_hours_per_month = excluded.training_hours_per_month
            """;

    private static final String JOBS = """
            SELECT count(*) FILTER (WHERE state = 'RUNNING') AS running, count(*) AS unfinished
            FROM work
            WHERE kind = 'TRAIN' AND finished_at IS NULL AND tenant_id = :tenant
            """;

    private static final String STORED_BYTES = """
            SELECT (SELECT coalesce(sum(bytes), 0) FROM file WHERE content = 'STORED' AND tenant_id = :tenant)
                 + (SELECT coalesce(sum(bytes), 0) FROM upload_part WHERE tenant_id = :tenant)
                 + (SELECT coalesce(sum(bytes), 0) FROM checkpoint WHERE tenant_id = :tenant)
                 + (SELECT coalesce(sum(bytes), 0) FROM export_file WHERE tenant_id = :tenant)
            """;

    private static final String TRAINING_HOURS = """
            SELECT coalesce(sum(extract(EPOCH FROM
                       coalesce(attempt.ended_at, clock_timestamp()) - greatest(attempt.started_at, month.start))), 0) / 3600
            FROM (SELECT date_trunc('month', clock_timestamp(), 'UTC') AS start) AS month
            JOIN attempt ON attempt.ended_at IS NULL OR attempt.ended_at > month.start
            JOIN work ON work.id = attempt.work_id AND work.kind = 'TRAIN'
            WHERE attempt.tenant_id = :tenant
            """;

    private final SystemDatabase system;
    private final Quota defaults;

    Quotas(SystemDatabase system, Quota defaults) {
        this.system = system;
        this.defaults = defaults;
    }

    /** What applies to the tenant: its own limits, and the installation's where it has none. */
    public Quota of(JdbcClient jdbc, String tenantId) {
        return own(jdbc, tenantId).or(defaults);
    }

    /** What was saved for the tenant alone. */
    public Quota own(String tenantId) {
        return system.call(jdbc -> own(jdbc, tenantId));
    }

    private static Quota own(JdbcClient jdbc, String tenantId) {
        return jdbc.sql(FIND)
                .param("tenant", tenantId)
                .query((row, number) -> quota(row))
                .optional()
                .orElse(Quota.NONE);
    }

    /** Replaces what was saved for the tenant alone; it holds for requests and claims that begin afterwards. */
    public void save(String tenantId, Quota quota) {
        system.run(jdbc -> jdbc.sql(SAVE)
                .param("tenant", tenantId)
                .param("runningJobs", quota.runningJobs())
                .param("unfinishedJobs", quota.unfinishedJobs())
                .param("uploadBytes", quota.uploadBytes())
                .param("storedBytes", quota.storedBytes())
                .param("trainingHours", quota.trainingHoursPerMonth())
                .update());
    }

    /** What the tenant uses now. */
    public Usage usage(JdbcClient jdbc, String tenantId) {
        return jdbc.sql(JOBS)
                .param("tenant", tenantId)
                .query((row, number) -> new Usage(
                        row.getInt("running"),
                        row.getInt("unfinished"),
                        storedBytes(jdbc, tenantId),
                        trainingHours(jdbc, tenantId)))
                .single();
    }

    int unfinishedJobs(JdbcClient jdbc, String tenantId) {
        return jdbc.sql(JOBS)
                .param("tenant", tenantId)
                .query((row, number) -> row.getInt("unfinished"))
                .single();
    }

    long storedBytes(JdbcClient jdbc, String tenantId) {
        return jdbc.sql(STORED_BYTES)
                .param("tenant", tenantId)
                .query(Long.class)
                .single();
    }

    double trainingHours(JdbcClient jdbc, String tenantId) {
        return jdbc.sql(TRAINING_HOURS)
                .param("tenant", tenantId)
                .query(Double.class)
                .single();
    }

    private static Quota quota(ResultSet row) throws SQLException {
        return new Quota(
                row.getObject("running_jobs", Integer.class),
                row.getObject("unfinished_jobs", Integer.class),
                row.getObject("upload_bytes", Long.class),
                row.getObject("stored_bytes", Long.class),
                trainingHours(row));
    }

    private static @Nullable Double trainingHours(ResultSet row) throws SQLException {
        return row.getObject("training_hours_per_month", Double.class);
    }
}
