package dev.anneal.service.training.sharing;

import dev.anneal.service.training.history.Checkpoint;
import dev.anneal.service.training.job.TunedModel;
import org.jspecify.annotations.Nullable;

/**
 * A model of another tenant that may be used.
 *
 * @param owner the tenant that has made it
 * @param base the base model that its adapter is for
 * @param baseRevision commit of the Hub that it is; null for one from the operator's folder
 */
public record SharedModel(
        TunedModel model,
        String owner,
        String base,
        @Nullable String baseRevision,
        Checkpoint checkpoint) {}
