package dev.anneal.service.access.quota;

import dev.anneal.service.platform.database.SystemDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
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

    private final SystemDatabase system;
    private final Quota defaults;
    private final TrainingUsage trainings;
    private final List<StoredBytes> stores;

    Quotas(SystemDatabase system, Quota defaults, TrainingUsage trainings, List<StoredBytes> stores) {
        this.system = system;
        this.defaults = defaults;
        this.trainings = trainings;
        this.stores = List.copyOf(stores);
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
        TrainingUsage.Jobs jobs = trainings.jobs(jdbc, tenantId);
        return new Usage(jobs.running(), jobs.unfinished(), storedBytes(jdbc, tenantId), trainingHours(jdbc, tenantId));
    }

    int unfinishedJobs(JdbcClient jdbc, String tenantId) {
        return trainings.jobs(jdbc, tenantId).unfinished();
    }

    long storedBytes(JdbcClient jdbc, String tenantId) {
        return stores.stream().mapToLong(store -> store.of(jdbc, tenantId)).sum();
    }

    double trainingHours(JdbcClient jdbc, String tenantId) {
        return trainings.hoursThisMonth(jdbc, tenantId);
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
