package dev.anneal.engine.train;

import dev.anneal.engine.text.data.EncodedRow;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Prompts shared by neighbouring rows, such as the completions of a group or the two answers of a pair: a pass computes them once. Each row
 * keeps the last token of its prompt, from which its first trained token is predicted.
 */
final class SharedPrompts {

    /** Sharing a shorter prompt costs more than it saves, because its keys and values are copied. */
    private static final int LEAST_TOKENS = 16;

    private SharedPrompts() {}

    /** For each row, the number of leading tokens it shares with the previous or next row; 0 for none. */
    static int[] of(List<EncodedRow> rows) {
        int[] shared = new int[rows.size()];
        for (int row = 1; row < shared.length; row++) {
            if (haveSamePrompt(rows.get(row - 1), rows.get(row))) {
                shared[row - 1] = tokens(rows.get(row));
                shared[row] = shared[row - 1];
            }
        }
        return shared;
    }

    /** Number of tokens saved by sharing. */
    static int savedTokens(List<EncodedRow> rows) {
        return IntStream.range(1, rows.size())
                .filter(row -> haveSamePrompt(rows.get(row - 1), rows.get(row)))
                .map(row -> tokens(rows.get(row)))
                .sum();
    }

    static boolean haveSamePrompt(EncodedRow one, EncodedRow other) {
        int tokens = tokens(one);
        return tokens > 0 && tokens == tokens(other) && Arrays.equals(one.ids(), 0, tokens, other.ids(), 0, tokens);
    }

    /** Number of tokens of a row's prompt that can be shared. */
    private static int tokens(EncodedRow row) {
        int[] labels = row.labels();
        int trained = 0;
        while (trained < labels.length && labels[trained] == EncodedRow.NOT_TRAINED) {
            trained++;
        }
        return trained == labels.length || trained - 1 < LEAST_TOKENS ? 0 : trained - 1;
    }
}
