package dev.anneal.service.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A work item as it stands now.
 *
 * @param runAt not claimed earlier
 * @param attempts how often it has been claimed; while it runs, the number of the current attempt
 * @param worker who runs it, or null
 * @param startedAt first claim, or null
 * @param deadlineAt until when the current attempt has to end, or null
 * @param wish what its client wants of it while it runs, or null
 * @param error why it failed, null unless FAILED
 * @param waiting what it waits for, if a fault of the environment ended its last attempt; null unless QUEUED
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
