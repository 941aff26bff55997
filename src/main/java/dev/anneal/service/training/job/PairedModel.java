package dev.anneal.service.training.job;

import dev.anneal.service.models.catalog.BaseModel;
import org.jspecify.annotations.Nullable;

/**
 * A model that a job needs beside the trained one: the target of a draft, or the draft of rollouts.
 *
 * @param checkpoint internal key of its checkpoint; null for the base model alone
 */
public record PairedModel(BaseModel base, @Nullable Long checkpoint) {}
