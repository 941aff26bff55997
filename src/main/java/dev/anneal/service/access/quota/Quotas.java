package dev.anneal.service.access.quota;

import dev.anneal.service.platform.database.SystemDatabase;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Quotas and usage of tenants. Every call names the tenant, because some transactions see all rows. */
@Component
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

    private final JdbcClient jdbc;
    private final SystemDatabase system;
    private final Quota defaults;
    private final TrainingUsage trainings;
    private final List<StoredBytes> stores;

    Quotas(
            JdbcClient jdbc,
            SystemDatabase system,
            QuotaProperties properties,
            TrainingUsage trainings,
            List<StoredBytes> stores) {
        this.jdbc = jdbc;
        this.system = system;
        this.defaults = properties.quota();
        this.trainings = trainings;
        this.stores = List.copyOf(stores);
    }

    /** The tenant's effective limits: its own, and the installation's for the rest. */
    public Quota of(String tenantId) {
        return read(tenantId).or(defaults);
    }

    private Quota read(String tenantId) {
        return jdbc.sql(FIND)
                .param("tenant", tenantId)
                .query(Quota.class)
                .optional()
                .orElse(Quota.NONE);
    }

    /** Replaces the tenant's own limits, for later requests and claims. */
    public void save(String tenantId, Quota quota) {
        system.run(() -> jdbc.sql(SAVE)
                .param("tenant", tenantId)
                .param("runningJobs", quota.runningJobs())
                .param("unfinishedJobs", quota.unfinishedJobs())
                .param("uploadBytes", quota.uploadBytes())
                .param("storedBytes", quota.storedBytes())
                .param("trainingHours", quota.trainingHoursPerMonth())
                .update());
    }

    /** The tenant's current usage. */
    public Usage usage(String tenantId) {
        TrainingUsage.Jobs jobs = trainings.jobs(tenantId);
        return new Usage(jobs.running(), jobs.unfinished(), storedBytes(tenantId), trainingHours(tenantId));
    }

    int unfinishedJobs(String tenantId) {
        return trainings.jobs(tenantId).unfinished();
    }

    long storedBytes(String tenantId) {
        return stores.stream().mapToLong(store -> bytes(store, tenantId)).sum();
    }

    private long bytes(StoredBytes store, String tenantId) {
        return jdbc.sql(store.query())
                .param("tenant", tenantId)
                .query(Long.class)
                .single();
    }

    double trainingHours(String tenantId) {
        return trainings.hoursThisMonth(tenantId);
    }
}
