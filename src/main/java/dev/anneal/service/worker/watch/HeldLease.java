package dev.anneal.service.worker.watch;

import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.lease.Lease;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A lease from its holder's view, which stops trusting it a safety margin before it can expire. The time counts from
 * the start of the renewing call, so that a slow answer does not extend it. Thread-safe.
 */
public final class HeldLease {

    private final Lease lease;
    private final Duration trust;
    private final LongSupplier nanoTime;
    private volatile long renewedAtNanos;
    private volatile boolean lost;
    private volatile @Nullable Wish wish;

    /**
     * @param trust how long the lease is trusted, from the start of a renewing call
     * @param claimedAtNanos when the call that claimed it began
     */
    public HeldLease(Lease lease, Duration trust, LongSupplier nanoTime, long claimedAtNanos) {
        this.lease = lease;
        this.trust = trust;
        this.nanoTime = nanoTime;
        this.renewedAtNanos = claimedAtNanos;
    }

    public Lease lease() {
        return lease;
    }

    /** Records a renewal by a call that began at {@code calledAtNanos}. */
    public void renewed(long calledAtNanos, Optional<Wish> currentWish) {
        renewedAtNanos = calledAtNanos;
        wished(currentWish);
    }

    public void wished(Optional<Wish> currentWish) {
        wish = currentWish.orElse(null);
    }

    /** Another worker has the work now, or it has ended. */
    public void lose() {
        lost = true;
    }

    public boolean isLost() {
        return lost;
    }

    /** Whether something may be published now. */
    public boolean isTrusted() {
        return !lost && nanoTime.getAsLong() - renewedAtNanos < trust.toNanos();
    }

    /** The client's wish at the last renewal. */
    @Nullable
    public Wish wish() {
        return wish;
    }
}
