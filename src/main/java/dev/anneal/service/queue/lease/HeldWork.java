package dev.anneal.service.queue.lease;

import java.util.Set;

/**
 * Work of this process. The process is alive, so its own rescue does not treat it as lost when a lease expires: its
 * heartbeat reclaims the lease, or finds that another process has rescued the work.
 */
@FunctionalInterface
public interface HeldWork {

    /** Ids of the work items. */
    Set<Long> ids();
}
