package dev.anneal.service.worker;

import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.worker.assignment.TransferGuard;
import dev.anneal.service.worker.watch.HeldLease;
import dev.anneal.service.worker.watch.StopReason;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Transfers of an attempt between the store and this machine. While files arrive, the attempt does not count as hung,
 * however long that takes; every few megabytes the transfer asks whether it is still wanted.
 */
final class AttemptTransfers implements TransferGuard {

    private final HeldLease lease;
    private final Leases leases;
    private final StoppableProcess process;
    private final Duration interval;
    private final Supplier<Duration> stallAfter;
    private final BooleanSupplier wanted;
    private final DatabaseLink database;
    private long toldNanos;

    /**
     * @param process the process to stop
     * @param interval interval of signs of life to the database
     * @param stallAfter time without a sign of life after which the rescue treats the attempt as hung
     * @param wanted whether the transfer is still wanted, as far as this machine knows
     */
    AttemptTransfers(
            HeldLease lease,
            Leases leases,
            StoppableProcess process,
            Duration interval,
            Supplier<Duration> stallAfter,
            BooleanSupplier wanted) {
        this.lease = lease;
        this.leases = leases;
        this.process = process;
        this.interval = interval;
        this.stallAfter = stallAfter;
        this.wanted = wanted;
        this.database = new DatabaseLink("Work " + lease.lease().workId());
        this.toldNanos = System.nanoTime();
    }

    @Override
    public boolean isWanted() {
        long now = System.nanoTime();
        if (now - toldNanos >= interval.toNanos() && lease.isTrusted()) {
            toldNanos = now;
            database.reached(this::tell);
        }
        return wanted.getAsBoolean();
    }

    private void tell() {
        Optional<Leases.Held> held = leases.working(lease.lease(), stallAfter.get(), Leases.nothing());
        if (held.isEmpty()) {
            lease.lose();
            process.stop(StopReason.LEASE_LOST);
        } else if (held.get().wish().isPresent()) {
            lease.wished(held.get().wish());
            process.stop(StopReason.WISH);
        }
    }
}
