package dev.anneal.service.queue.lease;

import dev.anneal.service.queue.WorkState;
import org.jspecify.annotations.Nullable;

/**
 * Result of ending an attempt.
 *
 * @param result whether it had an effect
 * @param state the work's new state; null if {@link Result#STALE}
 */
public record Ending(Result result, @Nullable WorkState state) {

    static final Ending STALE = new Ending(Result.STALE, null);

    /** Whether an ending had an effect. */
    public enum Result {
        /** The attempt has ended, and the worker's writes are committed. */
        APPLIED,
        /** An earlier call, whose answer was lost, had ended it; nothing was written now. */
        REPEATED,
        /** The lease is lost: nothing was written, and the worker must stop and publish nothing. */
        STALE
    }

    /** Whether the attempt has ended as the worker wanted, now or by an earlier call. */
    public boolean holds() {
        return result != Result.STALE;
    }
}
