package dev.anneal.service.queue.lease;

import dev.anneal.service.queue.WorkState;
import org.jspecify.annotations.Nullable;

/**
 * What became of a worker's wish to end its attempt.
 *
 * @param result whether it had an effect
 * @param state the state that the work is in now; null if {@link Result#STALE}
 */
public record Ending(Result result, @Nullable WorkState state) {

    static final Ending STALE = new Ending(Result.STALE, null);

    /** Whether an ending had an effect. */
    public enum Result {
        /** The attempt has ended, and what the worker wrote with it is committed. */
        APPLIED,
        /** An earlier call, whose answer was lost, had already ended it; nothing was written now. */
        REPEATED,
        /** The lease is lost: nothing was written, and the worker must stop and publish nothing. */
        STALE
    }

    /** Whether the attempt has ended as the worker wanted, now or by an earlier call. */
    public boolean holds() {
        return result != Result.STALE;
    }
}
