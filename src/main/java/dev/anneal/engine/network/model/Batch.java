package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.LayerKind;
import dev.anneal.engine.network.architecture.RotaryConfig;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.Tensor;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A micro-batch in the form for layers.
 *
 * @param continued the prefix before the rows; null if there is none
 * @param positions of the tokens in their sequences, [N] int64
 * @param turns of the tokens' positions, for each rotary embedding of the model
 * @param spans what fused attention in training needs
 */
public record Batch(
        TokenRows rows,
        @Nullable Continuation continued,
        Tensor positions,
        Map<RotaryConfig, Turns> turns,
        FusedAttention.Spans spans) {

    /** Of a layer's rotary embedding. */
    public Turns turns(LayerKind kind) {
        return Objects.requireNonNull(turns.get(kind.rotary()), "the model has such a layer");
    }

    /** Index after the last token in a prefix that this computes a part of. */
    int end() {
        return rows.start() + rows.tokens();
    }
}
