package dev.anneal.service.sharing;

import dev.anneal.service.history.Checkpoint;
import dev.anneal.service.job.TunedModel;

/**
 * A model of another tenant that may be used.
 *
 * @param owner the tenant that has made it
 * @param base the base model that its adapter is for
 */
public record SharedModel(TunedModel model, String owner, String base, Checkpoint checkpoint) {}
