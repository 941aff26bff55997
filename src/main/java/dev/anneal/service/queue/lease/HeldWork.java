package dev.anneal.service.queue.lease;

import java.util.Set;

/**
 * What this very process works on. It lives, so its own rescue does not call it silent when a lease expires: its heartbeat takes the lease
 * back, or finds that another process has rescued the work.
 */
@FunctionalInterface
public interface HeldWork {

    /** Ids of the work items. */
    Set<Long> ids();
}
