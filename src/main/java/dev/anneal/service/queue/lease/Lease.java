package dev.anneal.service.queue.lease;

import java.util.Map;
import java.util.UUID;

/**
 * The right to work on an item. Every write of a worker carries it; after another claim, writes with the older lease
 * have no effect.
 *
 * @param token incremented by each claim, so it numbers the attempts from 1
 * @param nonce random for each claim: tells it from a claim with the same token that a failover of the database to a
 *     replica without its last commits has undone
 */
public record Lease(long workId, long token, UUID nonce) {

    /** The fence: condition on the row of {@code work} that may be changed under a lease, with {@link #parameters}. */
    static final String FENCE = fence(":");

    /**
     * The fence, for more than one lease.
     *
     * @param lease prefix of the lease's {@code id}, {@code token} and {@code nonce}
     */
    static String fence(String lease) {
        return """
                work.id = %1$sid AND (work.lease_token, work.lease_nonce) = (%1$stoken, %1$snonce)
                AND work.state = 'RUNNING'""".formatted(lease);
    }

    Map<String, Object> parameters() {
        return Map.of("id", workId, "token", token, "nonce", nonce);
    }
}
