package dev.anneal.engine.text.data;

import java.util.List;

/**
 * A tokenised dataset in memory: eight bytes per token of a conversation, four of a prompt.
 *
 * @param <T> of its rows
 * @param rows trainable rows in the order of the file; in a preference dataset preferred and rejected rows alternate
 * @param report counts, including dropped rows
 */
public record EncodedDataset<T>(List<T> rows, TokenReport report) {

    public EncodedDataset {
        rows = List.copyOf(rows);
    }
}
