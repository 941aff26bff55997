package dev.anneal.service.queue.lease;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.queue.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
              AND devices <= %1$s
              AND devices <= %2$s
              AND (devices <= %3$s OR run_at <= clock_timestamp() - make_interval(secs => :overtaking))
            ORDER BY turn_at, id
            LIMIT 1
            """.formatted(of("devices"), allowedTo(":tenant"), of("free"));

    /** Number of devices that the tenant's running work uses. */
    private static final String RUNNING = """
            (SELECT coalesce(sum(running.devices), 0)
             FROM work AS running
             WHERE running.state = 'RUNNING' AND running.slot = :slot AND running.tenant_id = :tenant)""";

    /** Whether a tenant's next work waits for more devices of this worker than are free. */
    private static final String WAITS_FOR_DEVICES =
            "SELECT devices > %2$s FROM (SELECT devices, one_worker %1$s) AS next".formatted(CLAIMABLE, of("free"));

    private static final String CLAIM =
            """
            WITH next AS (
                SELECT id, lease_token, devices, one_worker
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
                  AND next.devices <= %4$s
                  AND %3$s + next.devices <= %2$s
                RETURNING work.id, work.tenant_id, kind, method, work.lease_token, lease_nonce, run_at, claimed_at,
                          deadline_at, traceparent, models, work.devices
            ), leased AS (
                INSERT INTO lease (work_id, tenant_id, process, expires_at, stalls_at, saved_step)
                SELECT claimed.id,
                       claimed.tenant_id,
                       :process,
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
            """.formatted(CLAIMABLE.stripTrailing(), allowedTo(":tenant"), RUNNING, of("next.", "free"));

    private final JdbcClient jdbc;
    private final SystemDatabase system;
    private final LeaseProperties properties;
    private final DevicePool pool;

    FairClaim(JdbcClient jdbc, SystemDatabase system, LeaseProperties properties) {
        this.jdbc = jdbc;
        this.system = system;
        this.properties = properties;
        this.pool = new DevicePool(jdbc);
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

    /** Number of devices or of free ones that a row of work may use: its worker's, or those of the worker's group. */
    private static String of(String number) {
        return of("", number);
    }

    private static String of(String row, String number) {
        return "CASE WHEN %1$sone_worker OR %1$sdevices <= :largest THEN :%2$s ELSE :pooled_%2$s END"
                .formatted(row, number);
    }

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
     * Waits a few milliseconds rather than leave a slot empty. A transaction locks one tenant, so there is no deadlock.
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
        DevicePool.Reach reach = reach(claimant);
        if (reach.free() == 0) {
            return Turn.PASSED;
        }
        Optional<Claim> claim = claim(claimant, reach, tenant);
        if (claim.isPresent()) {
            return new Turn(pool.spread(claim.get(), reach), true);
        }
        return reach.isInUse() && waitsForDevices(claimant, reach, tenant) ? Turn.WAITS : Turn.PASSED;
    }

    private DevicePool.Reach reach(Claimant claimant) {
        if (!claimant.hasGroup()) {
            return DevicePool.alone(claimant);
        }
        // After the tenant's lock in each transaction, so that there is no deadlock.
        pool.lock(claimant.worker().group());
        return pool.reach(claimant);
    }

    private boolean lock(String statement, Slot slot, String tenant) {
        return jdbc.sql(statement)
                .param("slot", slot.name())
                .param("tenant", tenant)
                .query(Boolean.class)
                .single();
    }

    private boolean waitsForDevices(Claimant claimant, DevicePool.Reach reach, String tenant) {
        return of(WAITS_FOR_DEVICES, claimant, reach, tenant)
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }

    private Optional<Claim> claim(Claimant claimant, DevicePool.Reach reach, String tenant) {
        return of(CLAIM, claimant, reach, tenant)
                .param("process", claimant.worker().id())
                .param("lease", Leases.seconds(properties.lease()))
                .param("stallTimeout", Leases.seconds(properties.stallTimeout()))
                .param("maxRunTime", Leases.seconds(properties.maxRunTime()))
                .query(LeaseRows::claim)
                .optional();
    }

    private JdbcClient.StatementSpec of(String statement, Claimant claimant, DevicePool.Reach reach, String tenant) {
        return jdbc.sql(statement)
                .param("slot", claimant.slot().name())
                .param("tenant", tenant)
                .param("methods", claimant.methods().toArray(String[]::new))
                .param("lacking", claimant.lackingModels().toArray(String[]::new))
                .param("worker", claimant.worker().name())
                .param("devices", reach.devices())
                .param("free", reach.free())
                .param("largest", reach.largest())
                .param("pooled_devices", reach.pooled())
                .param("pooled_free", reach.pooledFree())
                .param("limit", properties.tenantRunningLimit())
                .param("overtaking", Leases.seconds(properties.overtaking()));
    }
}
