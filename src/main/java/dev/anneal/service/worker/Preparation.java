package dev.anneal.service.worker;

import dev.anneal.service.queue.lease.Leases;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Preparation of an attempt: its inputs are fetched before its process starts. While they arrive, the attempt does not count as hung,
 * however long that takes.
 */
final class Preparation implements BooleanSupplier {

    private final HeldLease lease;
    private final Leases leases;
    private final StoppableProcess process;
    private final Duration interval;
    private final Duration stallAfter;
    private final DatabaseLink database;
    private long toldNanos;

    /**
     * @param process the process to stop
     * @param interval interval of signs of life to the database
     * @param stallAfter time without a sign of life after which the rescue treats the attempt as hung
     */
    Preparation(HeldLease lease, Leases leases, StoppableProcess process, Duration interval, Duration stallAfter) {
        this.lease = lease;
        this.leases = leases;
        this.process = process;
        this.interval = interval;
        this.stallAfter = stallAfter;
        this.database =
                new DatabaseLink("The preparation of work " + lease.lease().workId());
        this.toldNanos = System.nanoTime();
    }

    /** Called while inputs arrive; returns whether they are still wanted. */
    @Override
    public boolean getAsBoolean() {
        long now = System.nanoTime();
        if (now - toldNanos >= interval.toNanos() && lease.isTrusted()) {
            toldNanos = now;
            database.reached(this::tell);
        }
        return process.reason() == null;
    }

    private void tell() {
        Optional<Leases.Standing> standing = leases.working(lease.lease(), stallAfter, Leases.nothing());
        if (standing.isEmpty()) {
            lease.lose();
            process.stop(StopReason.LEASE_LOST);
        } else if (standing.get().wish().isPresent()) {
            lease.wished(standing.get().wish());
            process.stop(StopReason.WISH);
        }
    }
}
