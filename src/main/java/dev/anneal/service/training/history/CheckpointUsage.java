package dev.anneal.service.training.history;

import org.jspecify.annotations.Nullable;

/**
 * Queries for checkpoints in use. Districts that refer to checkpoints declare a bean of this type; foreign keys protect
 * uses that no bean reports. The queries run in the transaction that has locked the checkpoints' rows: new users wait
 * for that lock, so the answers remain valid until the end of the transaction.
 *
 * @param used selects those in use among the internal keys {@code :ids}
 * @param usedWithOptimizer selects those of them whose optimizer's state is needed; null if none is
 */
public record CheckpointUsage(String used, @Nullable String usedWithOptimizer) {}
