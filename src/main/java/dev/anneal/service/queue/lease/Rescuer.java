package dev.anneal.service.queue.lease;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.queue.ErrorColumn;
import dev.anneal.service.queue.WorkEnd;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Ends the attempts of lost workers. Any process may run it once its {@link DatabaseWatch} trusts the leases: the lease
 * token makes it idempotent, so no leader is needed. Each rescue is a separate transaction, and a failing one does not
 * block others.
 */
public final class Rescuer {

    private static final Logger LOG = LoggerFactory.getLogger(Rescuer.class);

    /**
     * Whether the worker was lost with other work: it did not renew another lease after that of {@code work} either, or
     * lost one just now. Not true of work whose last attempt was lost as well, which may be what ends its workers.
     */
    private static final String LOST_WITH_OTHER_WORK = """
            (EXISTS (
                 SELECT
                 FROM lease AS its
                 JOIN work AS other ON other.id = its.work_id AND other.state = 'RUNNING'
                 WHERE other.lease_owner = work.lease_owner
                   AND other.id <> work.id
                   AND its.expires_at < lease.expires_at + make_interval(secs => :heartbeatInterval))
             OR EXISTS (
                 SELECT
                 FROM attempt
                 WHERE worker = work.lease_owner
                   AND outcome = 'LOST'
                   AND error ->> 'reason' = 'HEARTBEAT'
                   AND ended_at > clock_timestamp() - make_interval(secs => :lease)))
            AND NOT EXISTS (
                SELECT
                FROM attempt
                WHERE work_id = work.id AND lease_token = work.lease_token - 1 AND outcome = 'LOST')""";

    /** Ends the attempt in {@code lost}, which says why. */
    private static final String END_LOST = """
            failed AS (
                SELECT lost.*,
                       'LOST' AS outcome,
                       jsonb_build_object(
                           'code', 'worker_lost', 'message', message, 'origin', 'SYSTEM', 'reason', reason) AS error
                FROM lost
            ),
            """
            + Endings.RETRY_OR_FAIL
            + Endings.APPLY
            + "SELECT ended.*, ended.error ->> 'reason' AS reason, %s FROM ended"
                    .formatted(ErrorColumn.fieldsOf("ended"));

    /**
     * Attempts past one of their deadlines, and RUNNING rows without a lease, which exist only if a lease was deleted
     * by hand.
     */
    private static final String RESCUE = """
            WITH silent AS (
                SELECT work.id, work.lease_token, work.wish, work.user_retries, work.platform_retries,
                       CASE
                           WHEN lease.expires_at < clock_timestamp() AND work.id <> ALL (:heldHere)
                           THEN 'The worker fell silent; its lease expired.'
                           WHEN work.deadline_at < clock_timestamp() THEN 'The attempt took longer than is allowed.'
                           ELSE 'The attempt hung: its worker was alive, but it made no progress in time.'
                       END AS message,
                       CASE
                           WHEN lease.expires_at < clock_timestamp() AND work.id <> ALL (:heldHere) THEN 'HEARTBEAT'
                           WHEN work.deadline_at < clock_timestamp() THEN 'DEADLINE'
                           ELSE 'NO_PROGRESS'
                       END AS reason,
                       lease.expires_at < clock_timestamp() AND work.id <> ALL (:heldHere) AND %s AS excused
                FROM lease
                JOIN work ON work.id = lease.work_id AND work.state = 'RUNNING'
                WHERE clock_timestamp() < :until
                  AND (lease.expires_at < clock_timestamp() AND work.id <> ALL (:heldHere)
                       OR lease.stalls_at < clock_timestamp()
                       OR work.deadline_at < clock_timestamp())
                  AND work.id <> ALL (:passedOver)
                ORDER BY lease.expires_at
                LIMIT 1
                -- Another process is rescuing it, or its worker is ending or reclaiming it.
                FOR UPDATE SKIP LOCKED
            ), without_lease AS (
                SELECT id, lease_token, wish, user_retries, platform_retries,
                       'The work ran without a lease.' AS message,
                       'NO_LEASE' AS reason,
                       false AS excused
                FROM work
                WHERE clock_timestamp() < :until
                  AND state = 'RUNNING'
                  AND claimed_at < clock_timestamp() - make_interval(secs => :lease)
                  AND NOT EXISTS (SELECT FROM lease WHERE lease.work_id = work.id)
                  AND id <> ALL (:passedOver)
                ORDER BY claimed_at
                LIMIT 1
                FOR UPDATE SKIP LOCKED
            ), lost AS (
                SELECT * FROM silent UNION ALL SELECT * FROM without_lease
                LIMIT 1
            ),
            """.formatted(LOST_WITH_OTHER_WORK) + END_LOST;

    /** One attempt whose worker is known to be dead, however long its lease is still valid. */
    private static final String ABANDONED = """
            WITH lost AS (
                SELECT work.id, work.lease_token, work.wish, work.user_retries, work.platform_retries,
                       'The worker ended without giving its work back.' AS message,
                       'HEARTBEAT' AS reason,
                       %s AS excused
                FROM work
                JOIN lease ON lease.work_id = work.id
                WHERE %s
                FOR UPDATE OF work
            ),
            """.formatted(LOST_WITH_OTHER_WORK, Lease.FENCE) + END_LOST;

    private final JdbcClient jdbc;
    private final SystemDatabase system;
    private final LeaseProperties properties;
    private final ApplicationEventPublisher events;
    private final HeldWork heldHere;
    private final List<RescueListener> listeners;
    private final RescueMeters meters;

    Rescuer(
            JdbcClient jdbc,
            SystemDatabase system,
            LeaseProperties properties,
            ApplicationEventPublisher events,
            HeldWork heldHere,
            List<RescueListener> listeners,
            RescueMeters meters) {
        this.jdbc = jdbc;
        this.system = system;
        this.properties = properties;
        this.events = events;
        this.heldHere = heldHere;
        this.listeners = List.copyOf(listeners);
        this.meters = meters;
    }

    /**
     * Rescues all lost attempts.
     *
     * @param until database time from which nothing more is rescued, even by a statement that was sent before and
     *     arrives late
     */
    public List<Rescue> runOnce(Instant until) {
        List<Rescue> rescued = new ArrayList<>();
        Set<Long> passedOver = new HashSet<>();
        boolean more = true;
        while (more) {
            more = rescueNext(until, rescued, passedOver);
        }
        return rescued;
    }

    /**
     * Rescues an attempt at once, though its lease may still be valid: whoever calls knows that its worker is dead.
     *
     * @return empty if the attempt has ended already
     */
    public Optional<Rescue> rescueAbandoned(Lease lease) {
        AtomicReference<@Nullable Rescue> rescued = new AtomicReference<>();
        system.run(() -> rescued(abandoned(lease), rescued));
        Optional<Rescue> rescue = Optional.ofNullable(rescued.get());
        rescue.ifPresent(this::committed);
        return rescue;
    }

    /** Returns whether there may be more. */
    private boolean rescueNext(Instant until, List<Rescue> rescued, Set<Long> passedOver) {
        AtomicReference<@Nullable Rescue> current = new AtomicReference<>();
        try {
            system.run(() -> rescued(rescue(until, passedOver), current));
        } catch (RuntimeException failure) {
            Rescue rescue = current.get();
            if (rescue == null) {
                throw failure;
            }
            LOG.error(
                    "The rescue of work {} failed; the next scan tries it again",
                    rescue.lease().workId(),
                    failure);
            passedOver.add(rescue.lease().workId());
            return true;
        }
        Rescue rescue = current.get();
        if (rescue == null) {
            return false;
        }
        committed(rescue);
        rescued.add(rescue);
        return true;
    }

    /** Within the transaction: keeps the rescue, which the listeners may still refuse, and tells them. */
    private void rescued(Optional<Rescue> found, AtomicReference<@Nullable Rescue> current) {
        found.ifPresent(rescue -> {
            current.set(rescue);
            listeners.forEach(listener -> listener.rescued(rescue));
            events.publishEvent(
                    new WorkEnd(rescue.method(), rescue.state(), rescue.error().origin()));
        });
    }

    private void committed(Rescue rescue) {
        LOG.warn(
                "Work {}, attempt {}, was lost and is {} now: {}",
                rescue.lease().workId(),
                rescue.lease().token(),
                rescue.state(),
                rescue.error().message());
        meters.count(rescue.reason());
    }

    private Optional<Rescue> abandoned(Lease lease) {
        return ending(ABANDONED)
                .params(lease.parameters())
                .query(LeaseRows::rescue)
                .optional();
    }

    private Optional<Rescue> rescue(Instant until, Set<Long> passedOver) {
        return ending(RESCUE)
                .param("until", until.atOffset(ZoneOffset.UTC))
                .param("heldHere", heldHere.ids().toArray(Long[]::new))
                .param("passedOver", passedOver.toArray(Long[]::new))
                .query(LeaseRows::rescue)
                .optional();
    }

    private JdbcClient.StatementSpec ending(String statement) {
        return jdbc.sql(statement)
                .param("lease", Leases.seconds(properties.lease()))
                .param("heartbeatInterval", Leases.seconds(properties.heartbeatInterval()))
                .params(Endings.retryParameters(properties));
    }
}
