package dev.anneal.engine.train;

import dev.anneal.engine.text.data.EncodedRow;
import java.util.List;

/** Counts of rows that a draft head is made from. */
final class HeadCounts {

    private HeadCounts() {}

    /**
     * Positions at which a step of training-time test learns: those so far from their row's beginning that a state is
     * that many tokens before.
     */
    static long trained(List<EncodedRow> rows, int step) {
        long trained = 0;
        for (EncodedRow row : rows) {
            for (int label = step + 2; label < row.length(); label++) {
                trained += row.labels()[label] == EncodedRow.NOT_TRAINED ? 0 : 1;
            }
        }
        return trained;
    }

    /** How often each token occurs. */
    static long[] tokens(List<EncodedRow> rows, int vocabulary) {
        long[] counts = new long[vocabulary];
        for (EncodedRow row : rows) {
            for (int id : row.ids()) {
                counts[id]++;
            }
        }
        return counts;
    }
}
