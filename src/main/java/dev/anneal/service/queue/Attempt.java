package dev.anneal.service.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One claim of work and its outcome.
 *
 * @param number 1 for the first; also the lease token
 * @param endedAt null while it runs
 * @param outcome null while it runs
 * @param step steps done when it ended, or null
 * @param savedStep step of its newest checkpoint, or null
 * @param error why it failed or was lost, or null
 */
public record Attempt(
        long workId,
        long number,
        String worker,
        Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable Outcome outcome,
        @Nullable Integer step,
        @Nullable Integer savedStep,
        @Nullable WorkError error) {

    /** How an attempt ended. */
    public enum Outcome {
        SUCCEEDED,
        FAILED,
        CANCELLED,
        PAUSED,
        /** The worker stopped as asked; another one continues. */
        GIVEN_BACK,
        /** The worker fell silent, hung or took too long. */
        LOST
    }
}
