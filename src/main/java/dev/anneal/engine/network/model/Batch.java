package dev.anneal.engine.network.model;

import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A micro-batch in the form for layers.
 *
 * @param continued the prefix before the rows; null if there is none
 * @param positions of the tokens in their sequences, [N] int64
 * @param cos cosines of the tokens' positions, [N, 1, D / 2]
 * @param sin sines of the same shape
 * @param spans what fused attention in training needs
 */
public record Batch(
        TokenRows rows,
        @Nullable Continuation continued,
        Tensor positions,
        Tensor cos,
        Tensor sin,
        FusedAttention.Spans spans) {

    /** Index after the last token in a prefix that this computes a part of. */
    int end() {
        return rows.start() + rows.tokens();
    }
}
