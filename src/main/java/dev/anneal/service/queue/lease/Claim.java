package dev.anneal.service.queue.lease;

import dev.anneal.service.queue.WorkKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Work that a worker has claimed, or that it has joined.
 *
 * @param waited how long it had been claimable
 * @param deadlineAt deadline of this attempt, by the database's clock
 * @param traceparent W3C trace context of the request that made it, or null
 * @param models base models that it needs, in the format of {@link dev.anneal.service.queue.NewWork#model}
 * @param part what the worker's devices do of it
 */
public record Claim(
        Lease lease,
        String tenantId,
        WorkKind kind,
        String method,
        Duration waited,
        Instant deadlineAt,
        @Nullable String traceparent,
        List<String> models,
        Part part) {

    public Claim {
        models = List.copyOf(models);
    }

    /**
     * A worker's part of work that several devices do together.
     *
     * @param firstRank rank of its first device; 0 for the holder of the lease
     * @param devices number of its devices
     * @param size number of devices of all workers
     */
    public record Part(int firstRank, int devices, int size) {

        /** Whether other workers have parts too. */
        public boolean isShared() {
            return devices < size;
        }

        /** Whether another worker holds the lease. */
        public boolean isMember() {
            return firstRank > 0;
        }
    }

    /** The same work with another part. */
    Claim with(Part other) {
        return new Claim(lease, tenantId, kind, method, waited, deadlineAt, traceparent, models, other);
    }
}
