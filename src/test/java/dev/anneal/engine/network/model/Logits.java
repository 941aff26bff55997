package dev.anneal.engine.network.model;

import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.List;
import java.util.stream.LongStream;

/** Logits of whole rows. */
public final class Logits {

    private Logits() {}

    /** Of all tokens, [tokens, vocabulary]. */
    public static float[] of(DecoderModel model, TokenRows rows, AppliedAdapter adapter) {
        try (TensorScope scope = model.scope().child()) {
            Tensor hidden = model.hiddenStates(scope, rows, adapter, List.of(), () -> {})
                    .last();
            return model.logits(
                            scope, hidden, LongStream.range(0, rows.tokens()).toArray())
                    .toFloats();
        }
    }
}
