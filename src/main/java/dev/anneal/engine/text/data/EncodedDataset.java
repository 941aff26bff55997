package dev.anneal.engine.text.data;

import java.util.List;

/**
 * A dataset as tokens, in memory: eight bytes a token.
 *
 * @param rows the conversations that can be trained, in the order of the file; of a preference dataset preferred and rejected in turn
 * @param report what was counted on the way, dropped rows included
 */
public record EncodedDataset(List<EncodedRow> rows, TokenReport report) {

    public EncodedDataset {
        rows = List.copyOf(rows);
    }
}
