package dev.anneal.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A base model, alone or with a checkpoint.
 *
 * @param checkpointDirectory absolute path of a checkpoint folder whose adapter is applied, unmerged and at its beta,
 *     or whose weights replace the model's; null for the base model
 */
public record ServedModel(Task.BaseModel base, @Nullable String checkpointDirectory) {}
