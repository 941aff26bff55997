package dev.anneal.service.queue.lease;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.queue.ErrorColumn;
import dev.anneal.service.queue.WorkError;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Trainings on devices of several workers: one holds the lease, the others are members of its attempt. Memberships are
 * made with the claim and end with the attempt, and what a member of an earlier attempt writes has no effect.
 */
public final class Memberships {

    private static final String JOIN = """
            WITH next AS (
                SELECT membership.work_id, membership.first_rank
                FROM membership
                JOIN work ON work.id = membership.work_id
                JOIN lease ON lease.work_id = work.id
                WHERE membership.process = :process
                  AND (membership.joined_at IS NULL OR NOT work.id = ANY (:joined))
                  AND membership.error IS NULL
                  AND lease.meeting IS NULL
                  AND membership.devices <= :free
                  AND (work.lease_token, work.lease_nonce) = (membership.lease_token, membership.lease_nonce)
                  AND work.state = 'RUNNING'
                ORDER BY membership.work_id
                LIMIT 1
                FOR UPDATE OF membership SKIP LOCKED
            ), joined AS (
                UPDATE membership
                SET joined_at = coalesce(membership.joined_at, clock_timestamp())
                FROM next
                WHERE membership.work_id = next.work_id AND membership.first_rank = next.first_rank
                RETURNING membership.*
            )
            SELECT work.id, work.tenant_id, kind, method, work.lease_token, work.lease_nonce, deadline_at, traceparent,
                   models, work.devices, joined.first_rank, joined.devices AS part,
                   extract(EPOCH FROM joined.joined_at - work.claimed_at)::double precision AS waited
            FROM joined
            JOIN work ON work.id = joined.work_id
            """;

    private static final String OWN = """
            membership.work_id = :id
            AND (membership.lease_token, membership.lease_nonce) = (:token, :nonce)
            AND membership.first_rank = :firstRank
            """;

    private static final String READY =
            "UPDATE membership SET ready_at = clock_timestamp() WHERE " + OWN + "AND joined_at IS NOT NULL";

    private static final String FAILED =
            "UPDATE membership SET error = %s WHERE %sAND error IS NULL".formatted(ErrorColumn.FROM_PARAMETERS, OWN);

    private static final String MEETING =
            "SELECT lease.meeting FROM membership JOIN lease USING (work_id) WHERE " + OWN;

    private static final String MEET = """
            UPDATE lease
            SET meeting = :meeting
            FROM work
            WHERE %s AND lease.work_id = work.id
            """.formatted(Lease.FENCE);

    private static final String MEMBERS = """
            SELECT running_worker.worker, membership.joined_at IS NOT NULL AS joined,
                   membership.ready_at IS NOT NULL AS ready, %s
            FROM membership
            LEFT JOIN running_worker
                   ON running_worker.id = membership.process
                  AND seen_lately
                  AND (membership.ready_at IS NOT NULL
                       OR fault IS NULL AND (takes_work OR membership.joined_at IS NOT NULL))
            WHERE membership.work_id = :id
              AND (membership.lease_token, membership.lease_nonce) = (:token, :nonce)
            ORDER BY membership.first_rank
            """.formatted(ErrorColumn.fieldsOf("membership"));

    private final JdbcClient jdbc;
    private final SystemDatabase system;

    Memberships(JdbcClient jdbc, SystemDatabase system) {
        this.jdbc = jdbc;
        this.system = system;
    }

    /**
     * A member of an attempt, as its holder sees it.
     *
     * @param worker name of the member; null if it does not run any more, or is not ready and has a fault or
     *     takes no work
     * @param joined whether it has taken its devices
     * @param ready whether it can begin
     * @param error why it cannot take part, or null
     */
    public record Member(
            @Nullable String worker,
            boolean joined,
            boolean ready,
            @Nullable WorkError error) {}

    /**
     * Joins an attempt that has been given devices of this worker. What it joined by a call that got no answer, it
     * joins again.
     *
     * @param free number of its free devices
     * @param joined work that it takes part in already
     * @return the attempt, if one needs no more of them
     */
    public Optional<Claim> join(UUID process, int free, Set<Long> joined) {
        return system.call(() -> jdbc.sql(JOIN)
                .param("process", process)
                .param("free", free)
                .param("joined", joined.toArray(Long[]::new))
                .query(LeaseRows::membership)
                .optional());
    }

    /** Tells the holder that this member has the attempt's inputs. */
    public void ready(Claim own) {
        system.run(() -> of(own, READY).update());
    }

    /** Tells the holder why this member cannot take part any more. */
    public void failed(Claim own, WorkError error) {
        system.run(() -> of(own, FAILED).params(ErrorColumn.parameters(error)).update());
    }

    /**
     * An attempt that lives.
     *
     * @param store where its processes meet, {@code tcp://host:port}; empty before the holder has said it
     */
    public record Joined(Optional<String> store) {}

    /** A member's attempt; empty if it has ended. */
    public Optional<Joined> find(Claim own) {
        return system.call(() -> of(own, MEETING)
                .query((row, number) -> new Joined(Optional.ofNullable(row.getString("meeting"))))
                .optional());
    }

    private JdbcClient.StatementSpec of(Claim own, String statement) {
        return jdbc.sql(statement)
                .params(own.lease().parameters())
                .param("firstRank", own.part().firstRank());
    }

    /** Tells the members where the holder's processes are met. */
    public void meet(Lease lease, String store) {
        system.run(() -> jdbc.sql(MEET)
                .params(lease.parameters())
                .param("meeting", store)
                .update());
    }

    /** The members of a holder's attempt, by rank. */
    public List<Member> members(Lease lease) {
        return system.call(() -> jdbc.sql(MEMBERS)
                .params(lease.parameters())
                .query((row, number) -> new Member(
                        row.getString("worker"),
                        row.getBoolean("joined"),
                        row.getBoolean("ready"),
                        ErrorColumn.read(row)))
                .list());
    }
}
