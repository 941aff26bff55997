package dev.anneal.service.worker;

import dev.anneal.service.platform.database.DatabaseOutage;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.lease.HeldWork;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.worker.watch.StopReason;
import dev.anneal.service.worker.watch.WorkerMeters;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Extends the leases of running work and passes clients' wishes on, independently of the progress of processes. While
 * the database is unreachable it waits: whether the worker still holds its work is decided when the database is back.
 */
@Component
@ConditionalOnRole(Role.WORKER)
final class HeartbeatWriter implements HeldWork {

    private static final Logger LOG = LoggerFactory.getLogger(HeartbeatWriter.class);

    private final Leases leases;
    private final WorkerMeters meters;
    private final Clock clock;
    private final Set<RunningWork> running = ConcurrentHashMap.newKeySet();

    /** When the last pass began, in monotonic time; null before the first pass and after the last. */
    private volatile @Nullable Long begunNanos;

    HeartbeatWriter(Leases leases, WorkerMeters meters, Clock clock) {
        this.leases = leases;
        this.meters = meters;
        this.clock = clock;
    }

    void add(RunningWork work) {
        running.add(work);
    }

    void remove(RunningWork work) {
        running.remove(work);
    }

    Collection<RunningWork> running() {
        return List.copyOf(running);
    }

    @Override
    public Set<Long> ids() {
        return running.stream().map(work -> work.lease().lease().workId()).collect(Collectors.toUnmodifiableSet());
    }

    /** How long ago the last pass began; empty before the worker starts and while it stops. */
    Optional<Duration> silence(long nowNanos) {
        Long begun = begunNanos;
        return begun == null ? Optional.empty() : Optional.of(Duration.ofNanos(nowNanos - begun));
    }

    /** Called after the last pass. */
    void stopped() {
        begunNanos = null;
    }

    /** Renews all leases and returns whether the database has answered. */
    boolean runOnce() {
        begunNanos = System.nanoTime();
        Collection<RunningWork> held = running();
        try {
            long calledAt = System.nanoTime();
            Map<Lease, Optional<Wish>> holding = held.isEmpty()
                    ? Map.of()
                    : leases.heartbeat(
                            held.stream().map(work -> work.lease().lease()).toList());
            meters.heartbeat(clock.instant());
            held.forEach(work -> {
                Optional<Wish> wish = holding.get(work.lease().lease());
                if (wish == null) {
                    takeBackOrLose(work);
                } else {
                    renew(work, calledAt, wish);
                }
            });
            return true;
        } catch (RuntimeException | Error failure) {
            if (!DatabaseOutage.explains(failure)) {
                LOG.error(
                        "A heartbeat failed; the leases of {} items expire unless the next one succeeds",
                        held.size(),
                        failure);
            } else {
                LOG.warn(
                        "No heartbeat for {} items: {}; they continue, but publish nothing once their leases may have"
                                + " expired",
                        held.size(),
                        failure.getMessage());
            }
            return false;
        }
    }

    private static void renew(RunningWork work, long calledAtNanos, Optional<Wish> wish) {
        work.lease().renewed(calledAtNanos, wish);
        if (wish.isPresent()) {
            work.stop(StopReason.WISH);
        }
    }

    /**
     * The lease has expired, but the work may not have been claimed; or its attempt has just ended, which does no harm.
     */
    private void takeBackOrLose(RunningWork work) {
        long calledAt = System.nanoTime();
        if (leases.reclaim(work.lease().lease())) {
            LOG.info(
                    "The lease of work {} had expired, but the work was not claimed; it continues",
                    work.lease().lease().workId());
            work.lease().renewed(calledAt, Optional.empty());
        } else {
            work.lease().lose();
            work.stop(StopReason.LEASE_LOST);
        }
    }
}
