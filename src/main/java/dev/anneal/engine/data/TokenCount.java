package dev.anneal.engine.data;

import dev.anneal.engine.rows.DatasetLimits;
import dev.anneal.engine.rows.ProblemLog;
import dev.anneal.engine.rows.RowProblem;
import java.util.ArrayList;
import java.util.List;

/** Adds up a {@link TokenReport} row by row. */
final class TokenCount {

    private final int maxLength;
    private final ProblemLog problems = new ProblemLog();
    private final List<Long> firstTruncated = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
    private long tokens;
    private long trainedTokens;
    private int longestRow;
    private long longestLine;
    private int truncatedRows;
    private int unendedRows;
    private int unshownRows;
    private final List<Long> firstUnshown = new ArrayList<>();

    TokenCount(int maxLength) {
        this.maxLength = maxLength;
    }

    void length(long line, int length) {
        if (length > longestRow) {
            longestRow = length;
            longestLine = line;
        }
    }

    /** @param hasUnshownText whether the chat template leaves something out of it */
    void accepted(EncodedRow row, boolean hasTrainedEnd, boolean hasUnshownText) {
        lengths.add(row.length());
        tokens += row.length();
        trainedTokens += row.trainedTokens();
        unendedRows += hasTrainedEnd ? 0 : 1;
        if (hasUnshownText) {
            unshownRows++;
            if (firstUnshown.size() < DatasetLimits.LISTED_PROBLEMS) {
                firstUnshown.add(row.line());
            }
        }
        if (row.isTruncated()) {
            truncatedRows++;
            if (firstTruncated.size() < DatasetLimits.LISTED_PROBLEMS) {
                firstTruncated.add(row.line());
            }
        }
    }

    void dropped(RowProblem problem) {
        problems.add(problem);
    }

    TokenReport report() {
        return new TokenReport(
                maxLength,
                lengths.size(),
                Packing.of(lengths.stream().mapToInt(Integer::intValue).toArray(), maxLength)
                        .size(),
                tokens,
                trainedTokens,
                longestRow,
                longestLine,
                truncatedRows,
                firstTruncated,
                unendedRows,
                unshownRows,
                firstUnshown,
                problems.counts(),
                problems.first());
    }
}
