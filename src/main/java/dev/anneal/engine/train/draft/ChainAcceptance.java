package dev.anneal.engine.train.draft;

import dev.anneal.engine.network.objective.Agreement;
import dev.anneal.engine.text.data.EncodedRow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many tokens in a row a draft proposes right on the text of the rows: of each trained token as the first of a
 * chain, whether the most likely tokens of draft and target are equal for it and those after it. Chains that the end of
 * an answer cuts are left out.
 */
final class ChainAcceptance {

    private final long[] chains;
    private final long[] accepted;
    private double overlap;
    private long positions;

    /** @param longest number of tokens of the longest chains */
    ChainAcceptance(int longest) {
        this.chains = new long[longest];
        this.accepted = new long[longest];
    }

    /**
     * @param rows of a micro-batch, in the order of its trained tokens
     */
    void add(List<EncodedRow> rows, Agreement agreement) {
        int position = 0;
        for (EncodedRow row : rows) {
            int begin = 1;
            while (begin < row.length()) {
                int end = begin;
                while (end < row.length() && row.labels()[end] != EncodedRow.NOT_TRAINED) {
                    end++;
                }
                addAnswer(agreement.equal(), position, position + end - begin);
                position += end - begin;
                begin = end + 1;
            }
        }
        for (float each : agreement.overlap()) {
            overlap += each;
        }
        positions += agreement.overlap().length;
    }

    /** Adds the chains of consecutive tokens. */
    private void addAnswer(boolean[] equal, int begin, int end) {
        for (int first = begin; first < end; first++) {
            boolean right = true;
            for (int length = 1; length <= chains.length && first + length <= end; length++) {
                right &= equal[first + length - 1];
                chains[length - 1]++;
                accepted[length - 1] += right ? 1 : 0;
            }
        }
    }

    /** Shares of chains of each length that are right, and the expected acceptance of a token at temperature 1. */
    Map<String, Double> byName() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (int length = 1; length <= chains.length; length++) {
            if (chains[length - 1] > 0) {
                metrics.put("acceptance/" + length, (double) accepted[length - 1] / chains[length - 1]);
            }
        }
        if (positions > 0) {
            metrics.put("overlap/1", overlap / positions);
        }
        return metrics;
    }
}
