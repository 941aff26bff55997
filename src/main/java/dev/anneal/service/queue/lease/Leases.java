package dev.anneal.service.queue.lease;

import dev.anneal.service.platform.database.HeartbeatDatabase;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.WorkError;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Operations of workers on work. Only the holder of the newest lease has any effect; all times are the database's, so
 * workers' clocks do not matter.
 *
 * <p>The {@code writes} of a call run in its transaction, across all tenants, after the lease has been checked: they
 * are committed exactly if the call has its effect.
 */
public final class Leases {

    /** Does not extend an expired lease, which its holder no longer trusts; {@link #reclaim} does. */
    private static final String HEARTBEAT = """
            UPDATE lease
            SET expires_at = clock_timestamp() + make_interval(secs => :lease)
            FROM unnest(:ids, :tokens, :nonces) AS held (id, token, nonce)
            JOIN work ON %s
            WHERE lease.work_id = work.id AND lease.expires_at > clock_timestamp()
            RETURNING work.id, work.lease_token, work.lease_nonce, work.wish
            """.formatted(Lease.fence("held."));

    /** Locks the work as the rescue does, so that only one of them succeeds. */
    private static final String RECLAIM = """
            WITH held AS (
                SELECT id
                FROM work
                WHERE %s
                FOR UPDATE
            )
            UPDATE lease
            SET expires_at = clock_timestamp() + make_interval(secs => :lease)
            FROM held
            WHERE lease.work_id = held.id
            """.formatted(Lease.FENCE);

    /**
     * The row of the lease is deleted when its attempt ends: a call that waits for an ending finds none, and has no
     * effect.
     */
    private static final String PROGRESS = """
            UPDATE lease
            SET batch = :batch,
                step = coalesce(:step::integer, lease.step),
                saved_step = coalesce(:savedStep::integer, lease.saved_step),
                stalls_at = clock_timestamp() + make_interval(secs => :stallAfter)
            FROM work
            WHERE %s AND lease.work_id = work.id AND lease.batch < :batch
            RETURNING work.wish
            """.formatted(Lease.FENCE);

    private static final String HELD = """
            SELECT work.wish
            FROM work
            JOIN lease ON lease.work_id = work.id
            WHERE %s
            """.formatted(Lease.FENCE);

    /**
     * Ends the waiting of work that makes or saves more progress than all earlier attempts, and gives back the retries
     * of work that saves more. Work that only reaches the same fault again continues to wait and to use up its retries.
     */
    private static final String GETS_ON = """
            UPDATE work
            SET waits_for = NULL,
                waits_since = NULL,
                waits = 0,
                platform_retries = CASE WHEN :savedStep::integer > earlier.saved_step THEN 0 ELSE platform_retries END
            FROM (SELECT coalesce(max(step), 0) AS step, coalesce(max(saved_step), 0) AS saved_step
                  FROM attempt
                  WHERE work_id = :id AND lease_token < :token) AS earlier
            WHERE %s
              AND (work.waits > 0 AND (:savedStep::integer > earlier.saved_step OR :step::integer > earlier.step)
                   OR work.platform_retries > 0 AND :savedStep::integer > earlier.saved_step)
            """.formatted(Lease.FENCE);

    private static final String WORKING = """
            UPDATE lease
            SET stalls_at = greatest(stalls_at, clock_timestamp() + make_interval(secs => :stallAfter))
            FROM work
            WHERE %s AND lease.work_id = work.id
            RETURNING work.wish
            """.formatted(Lease.FENCE);

    private final JdbcClient jdbc;
    private final SystemDatabase system;
    private final HeartbeatDatabase heartbeats;
    private final LeaseProperties properties;
    private final FairClaim claims;
    private final Endings endings;

    Leases(
            JdbcClient jdbc,
            SystemDatabase system,
            HeartbeatDatabase heartbeats,
            LeaseProperties properties,
            ApplicationEventPublisher events) {
        this(jdbc, system, heartbeats, properties, new Endings(jdbc, system, properties, events));
    }

    Leases(
            JdbcClient jdbc,
            SystemDatabase system,
            HeartbeatDatabase heartbeats,
            LeaseProperties properties,
            Endings endings) {
        this.jdbc = jdbc;
        this.system = system;
        this.heartbeats = heartbeats;
        this.properties = properties;
        this.claims = new FairClaim(jdbc, system, properties);
        this.endings = endings;
    }

    /**
     * Claims the next work for a free slot: of the tenant that runs least, among these of the one whose last claim is
     * oldest; within a tenant by priority, where a minute of waiting outweighs a level.
     *
     * <p>Work that needs more devices than any worker of the claimant's group has is given those of several: the others
     * are told by their {@link Memberships}.
     */
    public Optional<Claim> claim(Claimant claimant) {
        return claims.claim(claimant);
    }

    /**
     * Extends the leases, on separate connections.
     *
     * @return the valid leases, each with its client's wish; missing ones are lost
     */
    public Map<Lease, Optional<Wish>> heartbeat(Collection<Lease> held) {
        Map<Lease, Optional<Wish>> holding = new HashMap<>();
        heartbeats
                .call(() -> jdbc.sql(HEARTBEAT)
                        .param("lease", seconds(properties.lease()))
                        .param("ids", held.stream().map(Lease::workId).toArray(Long[]::new))
                        .param("tokens", held.stream().map(Lease::token).toArray(Long[]::new))
                        .param("nonces", held.stream().map(Lease::nonce).toArray(UUID[]::new))
                        .query(LeaseRows::holding)
                        .list())
                .forEach(entry -> holding.put(entry.getKey(), entry.getValue()));
        return holding;
    }

    /**
     * Extends a lease that may have expired, if the work has not been claimed since, so that its worker may continue.
     */
    public boolean reclaim(Lease lease) {
        return heartbeats.call(() -> of(lease, RECLAIM)
                        .param("lease", seconds(properties.lease()))
                        .update())
                == 1;
    }

    /**
     * Records a batch of the attempt's progress. A call that got no answer may be repeated with the same number: its
     * writes are committed once.
     *
     * @param batch number of the batch, greater than those of the attempt's earlier batches
     * @param step steps done, or null if none is new
     * @param savedStep step of a new checkpoint, or null
     * @param stallAfter time without another call after which the attempt counts as hung
     * @param writes not called if the batch is already recorded
     * @return the lease with its client's wish, earlier than by its heartbeat; empty if the lease is lost and nothing
     *     was written
     */
    public Optional<Held> progress(
            Lease lease,
            long batch,
            @Nullable Integer step,
            @Nullable Integer savedStep,
            Duration stallAfter,
            Runnable writes) {
        return system.call(() -> {
            if (step != null || savedStep != null) {
                of(lease, GETS_ON)
                        .param("step", step)
                        .param("savedStep", savedStep)
                        .update();
            }
            Optional<Held> held = of(lease, PROGRESS)
                    .param("batch", batch)
                    .param("step", step)
                    .param("savedStep", savedStep)
                    .param("stallAfter", seconds(stallAfter))
                    .query(LeaseRows::held)
                    .optional();
            held.ifPresent(holds -> writes.run());
            return held.or(() -> of(lease, HELD).query(LeaseRows::held).optional());
        });
    }

    /**
     * Records that the attempt is working without progress to record, before its first step or during a transfer, and
     * is not hung.
     *
     * @param stallAfter minimum time after which it counts as hung
     * @param writes not called if the lease is lost
     * @return as {@link #progress}
     */
    public Optional<Held> working(Lease lease, Duration stallAfter, Runnable writes) {
        return system.call(() -> {
            Optional<Held> held = of(lease, WORKING)
                    .param("stallAfter", seconds(stallAfter))
                    .query(LeaseRows::held)
                    .optional();
            held.ifPresent(holds -> writes.run());
            return held;
        });
    }

    private JdbcClient.StatementSpec of(Lease lease, String statement) {
        return jdbc.sql(statement).params(lease.parameters());
    }

    /**
     * A valid lease.
     *
     * @param wish the client's wish
     */
    public record Held(Optional<Wish> wish) {}

    /** Ends the work as SUCCEEDED, whatever its client's wish. */
    public Ending succeed(Lease lease, Runnable writes) {
        return endings.succeed(lease, writes);
    }

    /**
     * Ends the attempt because of {@code error}: the work is QUEUED again after a delay if the budget of the error's
     * origin allows it, otherwise FAILED; CANCELLED if its client wished that. A wish to pause remains for the next
     * attempt, because no checkpoint was saved for it. After a fault of the environment the work waits without a
     * budget, and other workers get it first.
     */
    public Ending fail(Lease lease, WorkError error, Runnable writes) {
        return endings.fail(lease, error, writes);
    }

    /**
     * Ends the attempt after its worker has stopped as asked and saved a checkpoint if possible: the work becomes
     * CANCELLED or PAUSED as its client wished, otherwise QUEUED at its old position. No retry is counted.
     */
    public Ending giveBack(Lease lease, Runnable writes) {
        return endings.giveBack(lease, writes);
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /** For a call without additional writes. */
    public static Runnable nothing() {
        return () -> {};
    }
}
