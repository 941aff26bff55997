package dev.anneal.service.access.quota;

import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.database.TenantLock;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.util.Locale;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Refuses requests that would exceed a tenant's quota. Jobs are counted exactly, one request at a time; bytes are
 * counted once stored, so concurrent uploads may together exceed the quota.
 */
@Component
public final class QuotaGate {

    private static final String REMEDY = " An administrator of this installation can raise the limit.";

    private final JdbcClient jdbc;
    private final TenantDatabase database;
    private final Quotas quotas;

    QuotaGate(JdbcClient jdbc, TenantDatabase database, Quotas quotas) {
        this.jdbc = jdbc;
        this.database = database;
        this.quotas = quotas;
    }

    /**
     * Checks the creation of a job, within its transaction.
     *
     * @throws Refusal {@code too_many_jobs} or {@code quota_exceeded}
     */
    public void admitJob(String tenantId) {
        Quota quota = quotas.of(tenantId);
        Integer mostJobs = quota.unfinishedJobs();
        if (mostJobs != null) {
            TenantLock.JOBS.take(jdbc, tenantId);
            int jobs = quotas.unfinishedJobs(tenantId);
            if (jobs >= mostJobs) {
                throw new Refusal(
                        RefusalCode.TOO_MANY_JOBS,
                        "Tenant '%s' has %d jobs that have not ended, and may have %d. Wait for one, or cancel one."
                                        .formatted(tenantId, jobs, mostJobs)
                                + REMEDY);
            }
        }
        Double mostHours = quota.trainingHoursPerMonth();
        if (mostHours != null) {
            requireHours(tenantId, quotas.trainingHours(tenantId), mostHours);
        }
        admitStorage(tenantId, quota);
    }

    private static void requireHours(String tenantId, double used, double limit) {
        if (used >= limit) {
            throw new Refusal(
                    RefusalCode.QUOTA_EXCEEDED,
                    String.format(
                                    Locale.ROOT,
                                    "Tenant '%s' has used %.2f of its %.2f hours of training this month (UTC). The"
                                            + " next month begins anew.",
                                    tenantId,
                                    used,
                                    limit)
                            + REMEDY);
        }
    }

    /**
     * Checks the creation of something that will be stored.
     *
     * @throws Refusal {@code quota_exceeded}
     */
    public void admitStorage(String tenantId) {
        admitStorage(tenantId, quotas.of(tenantId));
    }

    private void admitStorage(String tenantId, Quota quota) {
        Long limit = quota.storedBytes();
        if (limit != null) {
            requireRoom(tenantId, quotas.storedBytes(tenantId), limit);
        }
    }

    /**
     * Maximum size of an upload of the tenant.
     *
     * @throws Refusal {@code quota_exceeded} if none
     */
    public UploadLimit uploadLimit(String tenantId) {
        return database.call(tenantId, () -> remaining(tenantId));
    }

    private UploadLimit remaining(String tenantId) {
        Quota quota = quotas.of(tenantId);
        UploadLimit limit = UploadLimit.NONE;
        Long upload = quota.uploadBytes();
        if (upload != null) {
            limit = limit.orLess(upload, "what tenant '" + tenantId + "' may have in one file");
        }
        Long stored = quota.storedBytes();
        if (stored != null) {
            long used = quotas.storedBytes(tenantId);
            requireRoom(tenantId, used, stored);
            limit = limit.orLess(
                    stored - used,
                    "what is left of the %d bytes that tenant '%s' may store".formatted(stored, tenantId));
        }
        return limit;
    }

    private static void requireRoom(String tenantId, long used, long limit) {
        if (used >= limit) {
            throw new Refusal(
                    RefusalCode.QUOTA_EXCEEDED,
                    ("Tenant '%s' stores %d bytes in files, checkpoints and exports, and may store %d. Delete"
                                            + " files that are no longer needed.")
                                    .formatted(tenantId, used, limit)
                            + REMEDY);
        }
    }
}
