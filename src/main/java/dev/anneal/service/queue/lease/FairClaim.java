package dev.anneal.service.queue.lease;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.queue.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The claim: first the tenant whose turn it is, then its next work. Two steps, because one statement that orders all
 * queued rows by their tenants' load took 19 s with 10,000 of them.
 */
final class FairClaim {

    /**
     * Skips through the index from tenant to tenant: one probe for each waiting tenant, independent of the amount of
     * its work.
     */
    private static final String TENANTS_IN_TURN = """
            WITH RECURSIVE waiting AS (
                (SELECT tenant_id FROM work WHERE state = 'QUEUED' AND slot = :slot ORDER BY tenant_id LIMIT 1)
                UNION ALL
                SELECT (SELECT work.tenant_id
                        FROM work
                        WHERE state = 'QUEUED' AND slot = :slot AND work.tenant_id > waiting.tenant_id
                        ORDER BY work.tenant_id
                        LIMIT 1)
                FROM waiting
                WHERE waiting.tenant_id IS NOT NULL
            ), loaded AS MATERIALIZED (
                SELECT tenant_id,
                       (SELECT coalesce(sum(devices), 0) FROM work
                        WHERE state = 'RUNNING' AND slot = :slot AND work.tenant_id = waiting.tenant_id) AS running,
                       %s AS allowed,
                       (SELECT max(claimed_at) FROM work
                        WHERE claimed_at IS NOT NULL AND slot = :slot AND work.tenant_id = waiting.tenant_id)
                            AS last_claim
                FROM waiting
                WHERE tenant_id IS NOT NULL
            )
            SELECT tenant_id
            FROM loaded
            WHERE running < allowed
            ORDER BY running, last_claim NULLS FIRST, tenant_id
            """.formatted(allowedTo("waiting.tenant_id"));

    /**
     * Held until the transaction ends, which serialises the counts of a tenant's running work and makes the limit
     * exact. 1634624113 distinguishes these locks from others in the database.
     */
    private static final String TRY_LOCK_TENANT =
            "SELECT pg_try_advisory_xact_lock(1634624113, hashtext(:slot || ' ' || :tenant))";

    private static final String LOCK_TENANT =
            "SELECT pg_advisory_xact_lock(1634624113, hashtext(:slot || ' ' || :tenant)) IS NOT NULL";

    /**
     * What may be claimed by a worker that has enough devices, in the order of turns. What needs more devices than are
     * free is among it only after it was overtaken for long enough.
     */
    private static final String CLAIMABLE = """
            FROM work
            WHERE state = 'QUEUED'
              AND slot = :slot
              AND tenant_id = :tenant
              AND run_at <= clock_timestamp()
              AND method = ANY (:methods)
              AND NOT models && CAST(:lacking AS text[])
              AND (avoided_until IS NULL OR avoided_until <= clock_timestamp() OR avoided_worker <> :worker)
              AND devices <= :devices
              AND devices <= %s
              AND (devices <= :free OR run_at <= clock_timestamp() - make_interval(secs => :overtaking))
            ORDER BY turn_at, id
            LIMIT 1
            """.formatted(allowedTo(":tenant"));

    /** Number of devices that the tenant's running work uses. */
    private static final String RUNNING = """
            (SELECT coalesce(sum(running.devices), 0)
             FROM work AS running
             WHERE running.state = 'RUNNING' AND running.slot = :slot AND running.tenant_id = :tenant)""";

    /** Whether a tenant's next work waits for more devices of this worker than are free. */
    private static final String WAITS_FOR_DEVICES =
            "SELECT devices > :free FROM (SELECT devices %1$s) AS next".formatted(CLAIMABLE);

    private static final String CLAIM = """
            WITH next AS (
                SELECT id, lease_token, devices
                %1$s
                -- A row that a client is cancelling right now is passed over, not waited for.
                FOR UPDATE SKIP LOCKED
            ), claimed AS (
                UPDATE work
                SET state = 'RUNNING',
                    lease_token = work.lease_token + 1,
                    lease_nonce = gen_random_uuid(),
                    lease_owner = :worker,
                    started_at = coalesce(started_at, clock_timestamp()),
                    claimed_at = clock_timestamp(),
                    deadline_at = clock_timestamp() + make_interval(secs => :maxRunTime)
                FROM next
                WHERE work.id = next.id
                  AND next.devices <= :free
                  AND %3$s + next.devices <= %2$s
                RETURNING work.id, work.tenant_id, kind, method, work.lease_token, lease_nonce, run_at, claimed_at,
                          deadline_at, traceparent, models, work.devices
            ), leased AS (
                INSERT INTO lease (work_id, tenant_id, expires_at, stalls_at, saved_step)
                SELECT claimed.id,
                       claimed.tenant_id,
                       clock_timestamp() + make_interval(secs => :lease),
                       clock_timestamp() + make_interval(secs => :stallTimeout),
                       -- Checkpoints outlive their attempt.
                       attempt.saved_step
                FROM claimed
                LEFT JOIN attempt ON attempt.work_id = claimed.id AND attempt.lease_token = claimed.lease_token - 1
            ), tried AS (
                INSERT INTO attempt (work_id, lease_token, lease_nonce, tenant_id, worker, started_at)
                SELECT id, lease_token, lease_nonce, tenant_id, :worker, claimed_at
                FROM claimed
            )
            SELECT claimed.*, extract(EPOCH FROM claimed_at - run_at)::double precision AS waited
            FROM claimed
            """.formatted(CLAIMABLE.stripTrailing(), allowedTo(":tenant"), RUNNING);

    private final JdbcClient jdbc;
    private final SystemDatabase system;
    private final LeaseProperties properties;

    FairClaim(JdbcClient jdbc, SystemDatabase system, LeaseProperties properties) {
        this.jdbc = jdbc;
        this.system = system;
        this.properties = properties;
    }

    /**
     * Limit of a tenant's running work: its quota for trainings; the settings for everything else, and for trainings
     * without a quota.
     */
    private static String allowedTo(String tenant) {
        return """
                coalesce((SELECT running_jobs FROM tenant_quota WHERE tenant_quota.tenant_id = %s
                          AND :slot = 'TRAINING'), :limit)""".formatted(tenant);
    }

    /**
     * A worker that asks for work.
     *
     * @param methods methods that it supports
     * @param lackingModels base models that it does not have
     * @param devices number of devices that it has for the slot
     * @param free number of them that are free
     */
    record Claimant(String worker, Slot slot, Set<String> methods, Set<String> lackingModels, int devices, int free) {}

    Optional<Claim> claim(Claimant claimant) {
        Slot slot = claimant.slot();
        List<String> tenants = system.call(() -> jdbc.sql(TENANTS_IN_TURN)
                .param("slot", slot.name())
                .param("limit", properties.tenantRunningLimit())
                .query(String.class)
                .list());
        List<String> busy = new ArrayList<>();
        for (String tenant : tenants) {
            Turn turn = system.call(() -> {
                if (lock(TRY_LOCK_TENANT, slot, tenant)) {
                    return turn(claimant, tenant);
                }
                // Another claim for this tenant is in progress, so it is another tenant's turn.
                busy.add(tenant);
                return Turn.PASSED;
            });
            if (turn.isTaken()) {
                return Optional.ofNullable(turn.claim());
            }
        }
        return claimOfBusy(busy, claimant);
    }

    /**
     * Waits a few milliseconds rather than leave a slot empty. A transaction takes one lock, so there is no deadlock.
     */
    private Optional<Claim> claimOfBusy(List<String> tenants, Claimant claimant) {
        for (String tenant : tenants) {
            Turn turn = system.call(() -> {
                lock(LOCK_TENANT, claimant.slot(), tenant);
                return turn(claimant, tenant);
            });
            if (turn.isTaken()) {
                return Optional.ofNullable(turn.claim());
            }
        }
        return Optional.empty();
    }

    /**
     * What a tenant's turn led to.
     *
     * @param claim null if nothing was claimed
     * @param isTaken whether no other tenant is to have this turn
     */
    private record Turn(@Nullable Claim claim, boolean isTaken) {

        static final Turn PASSED = new Turn(null, false);

        /** Free devices are left to the tenant's next work, which waits for more. */
        static final Turn WAITS = new Turn(null, true);
    }

    private Turn turn(Claimant claimant, String tenant) {
        Optional<Claim> claim = claim(claimant, tenant);
        if (claim.isPresent()) {
            return new Turn(claim.get(), true);
        }
        return claimant.free() < claimant.devices() && waitsForDevices(claimant, tenant) ? Turn.WAITS : Turn.PASSED;
    }

    private boolean lock(String statement, Slot slot, String tenant) {
        return jdbc.sql(statement)
                .param("slot", slot.name())
                .param("tenant", tenant)
                .query(Boolean.class)
                .single();
    }

    private boolean waitsForDevices(Claimant claimant, String tenant) {
        return of(WAITS_FOR_DEVICES, claimant, tenant)
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }

    private Optional<Claim> claim(Claimant claimant, String tenant) {
        return of(CLAIM, claimant, tenant)
                .param("lease", Leases.seconds(properties.lease()))
                .param("stallTimeout", Leases.seconds(properties.stallTimeout()))
                .param("maxRunTime", Leases.seconds(properties.maxRunTime()))
                .query(LeaseRows::claim)
                .optional();
    }

    private JdbcClient.StatementSpec of(String statement, Claimant claimant, String tenant) {
        return jdbc.sql(statement)
                .param("slot", claimant.slot().name())
                .param("tenant", tenant)
                .param("methods", claimant.methods().toArray(String[]::new))
                .param("lacking", claimant.lackingModels().toArray(String[]::new))
                .param("worker", claimant.worker())
                .param("devices", claimant.devices())
                .param("free", claimant.free())
                .param("limit", properties.tenantRunningLimit())
                .param("overtaking", Leases.seconds(properties.overtaking()));
    }
}
