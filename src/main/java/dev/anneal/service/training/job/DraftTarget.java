package dev.anneal.service.training.job;

import org.jspecify.annotations.Nullable;

/**
 * The model whose tokens a draft proposes, as it was when the draft's job was created.
 *
 * @param base id of its base model
 * @param revision the base model's commit on the Hub; null for one from the operator's folder
 * @param checkpoint internal key of its checkpoint, which is kept as long as the job; null for the base model alone
 */
public record DraftTarget(
        String base, @Nullable String revision, @Nullable Long checkpoint) {}
