package dev.anneal.service.queue.lease;

import dev.anneal.service.platform.database.HeartbeatDatabase;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.WorkEnds;
import dev.anneal.service.queue.WorkError;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What workers do with work. Only the holder of the newest lease has any effect; every time is the database's, so a worker's clock
 * does not matter.
 *
 * <p>The {@code writes} of a call run in its transaction, across all tenants, after the lease has been found to hold and before the
 * commit: rows written there exist exactly if the call had its effect.
 */
public final class Leases {

    /** A lease that has expired stays lost until {@link #reclaim}: its holder no longer trusts it. */
    private static final String HEARTBEAT = """
            UPDATE lease
            SET expires_at = clock_timestamp() + make_interval(secs => :lease)
            FROM unnest(:ids, :tokens) AS held (work_id, lease_token)
            JOIN work ON work.id = held.work_id AND work.lease_token = held.lease_token AND work.state = 'RUNNING'
            WHERE lease.work_id = held.work_id
              AND lease.lease_token = held.lease_token
              AND lease.expires_at > clock_timestamp()
            RETURNING lease.work_id, lease.lease_token, work.wish
            """;

    /** Locks the work as the rescue does, so that exactly one of them has it. */
    private static final String RECLAIM = """
            WITH held AS (
                SELECT id
                FROM work
                WHERE id = :id AND lease_token = :token AND state = 'RUNNING'
                FOR UPDATE
            )
            UPDATE lease
            SET expires_at = clock_timestamp() + make_interval(secs => :lease)
            FROM held
            WHERE lease.work_id = held.id AND lease.lease_token = :token
            """;

    /** The row of the lease goes with the end of its attempt, so its token is all that has to match. */
    private static final String PROGRESS = """
            UPDATE lease
            SET step = coalesce(:step::integer, lease.step),
                saved_step = coalesce(:savedStep::integer, lease.saved_step),
                stalls_at = clock_timestamp() + make_interval(secs => :stallAfter)
            FROM work
            WHERE lease.work_id = :id AND lease.lease_token = :token AND work.id = lease.work_id
            RETURNING lease.work_id, lease.lease_token, work.wish
            """;

    /** Ends the wait of work that gets further, or saves more, than every attempt before. Work that only reaches the same fault again goes on waiting. */
    private static final String GETS_ON = """
            UPDATE work
            SET waits_for = NULL, waits_since = NULL, waits = 0
            FROM lease
            WHERE work.id = :id AND work.lease_token = :token AND work.state = 'RUNNING' AND work.waits > 0
              AND lease.work_id = work.id
              AND (:savedStep::integer > coalesce(lease.saved_step, 0)
                   OR :step::integer > (SELECT coalesce(max(step), 0) FROM attempt WHERE work_id = :id AND lease_token < :token))
            """;

    private static final String PREPARES = """
            UPDATE lease
            SET stalls_at = greatest(stalls_at, clock_timestamp() + make_interval(secs => :stallAfter))
            WHERE work_id = :id AND lease_token = :token
            """;

    private static final String POSITION =
            "SELECT step, saved_step FROM lease WHERE work_id = :id AND lease_token = :token";

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
            WorkEnds ends) {
        this(jdbc, system, heartbeats, properties, new Endings(jdbc, system, properties, ends));
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
     * Takes the next work for a free slot: of the tenant that runs least, then of the one that has waited longest since its last
     * claim; within a tenant by priority, where a minute of waiting outweighs a level.
     *
     * @param worker name that shows who runs it
     * @param methods what the worker knows to do; other work is left for others
     * @param lackingModels base models that the worker does not have; work that needs one is left for others
     */
    public Optional<Claim> claim(String worker, Slot slot, Set<String> methods, Set<String> lackingModels) {
        return claims.claim(new FairClaim.Claimant(worker, slot, methods, lackingModels));
    }

    /**
     * Extends the leases, on connections of its own.
     *
     * @return the leases that still hold, each with its client's wish; one that is missing is lost
     */
    public Map<Lease, Optional<Wish>> heartbeat(Collection<Lease> held) {
        Map<Lease, Optional<Wish>> holding = new HashMap<>();
        heartbeats
                .call(() -> jdbc.sql(HEARTBEAT)
                        .param("lease", seconds(properties.lease()))
                        .param("ids", held.stream().map(Lease::workId).toArray(Long[]::new))
                        .param("tokens", held.stream().map(Lease::token).toArray(Long[]::new))
                        .query(LeaseRows::holding)
                        .list())
                .forEach(entry -> holding.put(entry.getKey(), entry.getValue()));
        return holding;
    }

    /** Extends a lease that may have expired, if nobody has taken the work since: its worker may go on. */
    public boolean reclaim(Lease lease) {
        return heartbeats.call(() -> jdbc.sql(RECLAIM)
                        .param("id", lease.workId())
                        .param("token", lease.token())
                        .param("lease", seconds(properties.lease()))
                        .update())
                == 1;
    }

    /**
     * Records how far the attempt is.
     *
     * @param step steps done, or null if none is new
     * @param savedStep step of a new checkpoint, or null
     * @param stallAfter without another call within this time the attempt counts as hung
     * @return the lease with its client's wish, which the worker learns sooner this way than by its heartbeat; empty if the lease is lost and nothing
     *     was written
     */
    public Optional<Standing> progress(
            Lease lease, @Nullable Integer step, @Nullable Integer savedStep, Duration stallAfter, Runnable writes) {
        return system.call(() -> {
            if (step != null || savedStep != null) {
                jdbc.sql(GETS_ON)
                        .param("id", lease.workId())
                        .param("token", lease.token())
                        .param("step", step)
                        .param("savedStep", savedStep)
                        .update();
            }
            Optional<Standing> standing = jdbc.sql(PROGRESS)
                    .param("id", lease.workId())
                    .param("token", lease.token())
                    .param("step", step)
                    .param("savedStep", savedStep)
                    .param("stallAfter", seconds(stallAfter))
                    .query(LeaseRows::holding)
                    .optional()
                    .map(holding -> new Standing(holding.getValue()));
            standing.ifPresent(holds -> writes.run());
            return standing;
        });
    }

    /**
     * Records that the attempt does something before its first step, and is not hung because of it.
     *
     * @param stallAfter it counts as hung no sooner than after this time
     * @param writes not called if the lease is lost
     */
    public void prepares(Lease lease, Duration stallAfter, Runnable writes) {
        system.run(() -> {
            boolean holds = jdbc.sql(PREPARES)
                            .param("id", lease.workId())
                            .param("token", lease.token())
                            .param("stallAfter", seconds(stallAfter))
                            .update()
                    == 1;
            if (holds) {
                writes.run();
            }
        });
    }

    /**
     * A lease that holds.
     *
     * @param wish what its client wishes
     */
    public record Standing(Optional<Wish> wish) {}

    /** The committed progress of the attempt, for a worker that got no answer to {@link #progress}; empty if the lease is lost. */
    public Optional<Position> position(Lease lease) {
        return system.call(() -> jdbc.sql(POSITION)
                .param("id", lease.workId())
                .param("token", lease.token())
                .query((row, number) ->
                        new Position(row.getObject("step", Integer.class), row.getObject("saved_step", Integer.class)))
                .optional());
    }

    /**
     * How far an attempt is.
     *
     * @param step steps done, or null before the first
     * @param savedStep step of the newest checkpoint, or null before the first
     */
    public record Position(@Nullable Integer step, @Nullable Integer savedStep) {}

    /** Ends the work as SUCCEEDED, whatever its client wished meanwhile. */
    public Ending succeed(Lease lease, Runnable writes) {
        return endings.succeed(lease, writes);
    }

    /**
     * Ends the attempt because of {@code error}: the work is QUEUED again after a delay if the budget of the error's origin allows it,
     * else FAILED; CANCELLED if its client wished that. A wish to pause stays for the next attempt, because nothing was saved for it. After a fault of the
     * environment the work waits, without a budget, and is left to other workers at first.
     */
    public Ending fail(Lease lease, WorkError error, Runnable writes) {
        return endings.fail(lease, error, writes);
    }

    /**
     * Ends the attempt after its worker has stopped in good order and saved what can be: the work becomes CANCELLED or PAUSED as its
     * client wished, else QUEUED at its old place. No retry is counted.
     */
    public Ending giveBack(Lease lease, Runnable writes) {
        return endings.giveBack(lease, writes);
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    /** For a call that writes nothing of its own. */
    public static Runnable nothing() {
        return () -> {};
    }
}
