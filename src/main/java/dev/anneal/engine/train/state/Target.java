package dev.anneal.engine.train.state;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;

/**
 * The model whose tokens a draft learns to propose.
 *
 * @param model closed by the caller
 * @param adapter applied to it; {@link DecoderModel#noAdapter} for the model alone
 * @param fingerprint hash of the model's configuration and weights and of the adapter's checkpoint, kept in the draft's
 *     checkpoints
 */
public record Target(DecoderModel model, AppliedAdapter adapter, String fingerprint) {}
