package dev.anneal.engine.text.data;

import java.util.List;

/**
 * A dataset as tokens, in memory: eight bytes a token of a conversation, four of a prompt.
 *
 * @param <T> of its rows
 * @param rows those that can be trained, in the order of the file; of a preference dataset preferred and rejected in turn
 * @param report what was counted on the way, dropped rows included
 */
public record EncodedDataset<T>(List<T> rows, TokenReport report) {

    public EncodedDataset {
        rows = List.copyOf(rows);
    }
}
