package dev.anneal.service.training.history;

import org.jspecify.annotations.Nullable;

/**
 * Queries for checkpoints in use. Districts that refer to checkpoints have a bean of this type; foreign keys protect what a bean forgets. The queries run
 * in the transaction that has locked the checkpoints' rows: whoever begins to use one waits for that lock, so answers stay true until its end.
 *
 * @param used finds the needed ones among the internal keys {@code :ids}
 * @param usedWithOptimizer finds those of them that are needed with their optimizer's state; null if none are
 */
public record CheckpointUsage(String used, @Nullable String usedWithOptimizer) {}
