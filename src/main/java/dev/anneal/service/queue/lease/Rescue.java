package dev.anneal.service.queue.lease;

import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkState;

/**
 * An attempt that was ended because its worker fell silent, hung or took too long.
 *
 * @param lease the attempt that has ended
 * @param state new state of the work: QUEUED, FAILED if its retries are used up, or CANCELLED if its client wished that
 * @param reason why the attempt counted as lost
 * @param error the same as an error, for the attempt's record
 */
public record Rescue(
        Lease lease, String tenantId, WorkKind kind, String method, WorkState state, Reason reason, WorkError error) {

    /** Why an attempt counted as lost. */
    public enum Reason {
        /**
         * Its lease expired, because its worker is dead, disconnected or was suspended; or a worker of its host found
         * it dead.
         */
        HEARTBEAT,
        /** It exceeded the time limit of attempts. */
        DEADLINE,
        /** Its worker was alive, but the attempt made no progress in time. */
        NO_PROGRESS,
        /** It ran without a lease, which happens only if one was deleted by hand. */
        NO_LEASE
    }
}
