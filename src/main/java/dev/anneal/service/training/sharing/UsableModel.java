package dev.anneal.service.training.sharing;

import dev.anneal.service.training.history.Checkpoint;
import dev.anneal.service.training.job.TunedModel;
import org.jspecify.annotations.Nullable;

/**
 * A tuned model or checkpoint that a tenant may use.
 *
 * @param owner the tenant that owns it
 * @param base its base model
 * @param baseRevision the base model's commit on the Hub; null for one from the operator's folder
 */
public record UsableModel(
        TunedModel model,
        String owner,
        String base,
        @Nullable String baseRevision,
        Checkpoint checkpoint) {}
