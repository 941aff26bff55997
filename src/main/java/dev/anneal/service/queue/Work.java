package dev.anneal.service.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A work item in its current state.
 *
 * @param runAt time before which it is not claimed
 * @param attempts number of claims; while it runs, the number of the current attempt
 * @param worker name of the worker that runs it, or null
 * @param startedAt time of the first claim, or null
 * @param deadlineAt deadline of the current attempt, or null
 * @param wish the client's wish while it runs, or null
 * @param error why it failed, null unless FAILED
 * @param waiting fault that it waits for, if a fault of the environment ended its last attempt; null unless QUEUED
 * @param step steps done by the current attempt, or by the last one; null before the first
 * @param savedStep step of the newest checkpoint of that attempt, or null
 */
public record Work(
        long id,
        String tenantId,
        WorkKind kind,
        String method,
        WorkState state,
        int priority,
        Instant createdAt,
        Instant runAt,
        int attempts,
        @Nullable String worker,
        @Nullable Instant startedAt,
        @Nullable Instant deadlineAt,
        @Nullable Instant finishedAt,
        int userRetries,
        int platformRetries,
        @Nullable Wish wish,
        @Nullable WorkError error,
        @Nullable Waiting waiting,
        @Nullable Integer step,
        @Nullable Integer savedStep) {}
