package dev.anneal.service.queue.lease;

import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkState;

/**
 * An attempt that was ended because its worker fell silent, hung or took too long.
 *
 * @param lease the attempt that has ended
 * @param state what the work became: QUEUED, or FAILED when its retries are used up, or CANCELLED if its client wished that
 * @param reason which of the clocks ran out
 * @param error the same for the attempt's record
 */
public record Rescue(
        Lease lease, String tenantId, WorkKind kind, String method, WorkState state, Reason reason, WorkError error) {

    /** Why an attempt counted as lost. */
    public enum Reason {
        /** Its lease expired: the worker is dead, cut off, or was held up. */
        HEARTBEAT,
        /** It took longer than any attempt may. */
        DEADLINE,
        /** Its worker was alive, but the attempt made no progress in time. */
        NO_PROGRESS,
        /** It ran without a lease, which happens only if one was deleted by hand. */
        NO_LEASE
    }
}
