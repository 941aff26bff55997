package dev.anneal.service.worker;

import dev.anneal.protocol.Progress;
import dev.anneal.service.queue.lease.Ending;
import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.worker.assignment.Assignment;
import dev.anneal.service.worker.assignment.AssignmentException;
import dev.anneal.service.worker.assignment.UnwantedTransferException;
import dev.anneal.service.worker.watch.HeldLease;
import dev.anneal.service.worker.watch.StallWatch;
import dev.anneal.service.worker.watch.StopGrace;
import dev.anneal.service.worker.watch.Verdict;
import dev.anneal.service.worker.watch.WorkerMeters;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes an attempt's progress and end to the database while its lease is trusted. */
final class Publisher {

    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    /** A transaction of this many steps takes some tens of milliseconds. */
    private static final int BATCH = 500;

    /** The worker detects hung processes itself first; the rescue is for workers that no longer do. */
    static final Duration WATCH_IS_FIRST = Duration.ofMinutes(2);

    private final HeldLease lease;
    private final Assignment assignment;
    private final ProgressBuffer buffer;
    private final StallWatch watch;
    private final Leases leases;
    private final WorkerMeters meters;
    private final DatabaseLink database;
    private final Storing storing;
    private @Nullable Long refusedSinceNanos;
    /** A batch that was sent without an answer, so it may or may not be committed. */
    private List<Progress> inDoubt = List.of();

    /** Number of the batch that is sent next, or sent again. */
    private long batch = 1;

    /**
     * How output is stored.
     *
     * @param patience how long failing calls to the artifact store are retried
     * @param grace is told how long checkpoints take
     * @param betweenParts called while files are stored; may throw to abandon that
     */
    record Storing(Duration patience, StopGrace grace, Runnable betweenParts) {}

    Publisher(
            HeldLease lease,
            Assignment assignment,
            ProgressBuffer buffer,
            StallWatch watch,
            Leases leases,
            WorkerMeters meters,
            Storing storing) {
        this.lease = lease;
        this.assignment = assignment;
        this.buffer = buffer;
        this.watch = watch;
        this.leases = leases;
        this.meters = meters;
        this.database = new DatabaseLink(assignment.label().id());
        this.storing = storing;
    }

    /**
     * Publishes waiting events, and returns whether none are left.
     *
     * @throws AssignmentException if the artifact store still fails after that time
     * @throws UnwantedTransferException if the attempt stops while files are stored
     */
    boolean publish() {
        while (lease.isTrusted()) {
            List<Progress> events = inDoubt.isEmpty() ? buffer.oldest(BATCH) : inDoubt;
            if (events.isEmpty()) {
                return true;
            }
            if (!succeeds(() -> write(events))) {
                inDoubt = events;
                return false;
            }
            inDoubt = List.of();
            batch++;
        }
        return false;
    }

    /** Records for the rescue how long the process may be silent before its first event. */
    void announce() {
        database.reached(() -> keepLease(leases.working(lease.lease(), stallAfter(), Leases.nothing())));
    }

    /** Drops all waiting events. */
    void abandon() {
        buffer.clear();
        inDoubt = List.of();
    }

    /**
     * Ends the attempt; empty if the database could not be reached, so that the caller must retry.
     *
     * @throws AssignmentException as {@link #publish}, and at once if the process has reported no result
     */
    Optional<Ending> end(Verdict verdict) {
        if (!lease.isTrusted()) {
            return Optional.empty();
        }
        Ending[] ending = new Ending[1];
        boolean reached =
                succeeds(() -> ending[0] = verdict.apply(leases, lease.lease(), assignment, storing.betweenParts()));
        return reached ? Optional.of(ending[0]) : Optional.empty();
    }

    private void write(List<Progress> events) {
        Integer step = null;
        Integer savedStep = null;
        for (Progress event : events) {
            if (event instanceof Progress.Step done) {
                step = done.step();
            } else if (event instanceof Progress.CheckpointSaved saved) {
                savedStep = saved.step();
            }
        }
        long begun = System.nanoTime();
        assignment.store(events, storing.betweenParts());
        if (savedStep != null) {
            storing.grace().stored(Duration.ofNanos(System.nanoTime() - begun));
        }
        boolean holds = keepLease(
                leases.progress(lease.lease(), batch, step, savedStep, stallAfter(), () -> assignment.write(events)));
        if (holds) {
            assignment.written();
        }
        buffer.remove(events);
    }

    private Duration stallAfter() {
        return stallAfter(watch);
    }

    /** Time without a sign of life after which the rescue treats an attempt as hung. */
    static Duration stallAfter(StallWatch watch) {
        return watch.limit().plus(WATCH_IS_FIRST);
    }

    /** Returns whether the lease is held. */
    private boolean keepLease(Optional<Leases.Held> held) {
        held.ifPresentOrElse(holds -> lease.wished(holds.wish()), () -> {
            meters.staleWrite();
            lease.lose();
        });
        return held.isPresent();
    }

    /** Whether database and artifact store have accepted the call. Failures of the store are retried for a while. */
    private boolean succeeds(Runnable call) {
        try {
            boolean reached = database.reached(call);
            refusedSinceNanos = null;
            return reached;
        } catch (AssignmentException refused) {
            if (!refused.mayPass()) {
                throw refused;
            }
            long now = System.nanoTime();
            if (refusedSinceNanos == null) {
                refusedSinceNanos = now;
                LOG.warn(
                        "{} cannot be published; trying again for {}",
                        assignment.label().id(),
                        storing.patience(),
                        refused);
            }
            if (now - refusedSinceNanos > storing.patience().toNanos()) {
                throw refused;
            }
            return false;
        }
    }
}
