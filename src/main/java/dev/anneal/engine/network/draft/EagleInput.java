package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.Tensor;
import java.util.List;

/**
 * Rows of text and what the target makes of them.
 *
 * @param rows whole rows: no part is shared
 * @param trained for each token whether the distribution that the target gives after it is learned
 * @param streams the residual streams of {@link EagleConfig#streams}, [N, H] each
 * @param states the target's states after its final norm, [N, H]
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record EagleInput(TokenRows rows, boolean[] trained, List<Tensor> streams, Tensor states) {

    public EagleInput {
        streams = List.copyOf(streams);
        if (trained.length != rows.tokens()) {
            throw new IllegalArgumentException(
                    "%d tokens, %d said to be trained or not".formatted(rows.tokens(), trained.length));
        }
        for (long before : rows.before()) {
            if (before != TokenRows.NOTHING || rows.start() > 0) {
                throw new IllegalArgumentException("a draft reads whole rows");
            }
        }
    }
}
