package dev.anneal.engine.text.data;

import dev.anneal.engine.text.fault.RowProblem;
import dev.anneal.engine.text.rows.DatasetLimits;
import dev.anneal.engine.text.rows.ProblemLog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Adds up a {@link TokenReport} row by row. */
final class TokenCounter {

    private final int maxLength;
    private final ProblemLog problems = new ProblemLog();
    private final List<Long> firstTruncated = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
    private final BeginningsSample beginnings = new BeginningsSample();
    private int rows;
    private long trainedTokens;
    private int longestRow;
    private long longestLine;
    private int truncatedRows;
    private int unendedRows;
    private int unshownRows;
    private final List<Long> firstUnshown = new ArrayList<>();

    TokenCounter(int maxLength) {
        this.maxLength = maxLength;
    }

    int maxLength() {
        return maxLength;
    }

    void length(long line, int length) {
        if (length > longestRow) {
            longestRow = length;
            longestLine = line;
        }
    }

    /** Counts a row, or both halves of a pair as one. */
    void accepted(List<RowEncoder.Encoded> parts) {
        long line = parts.get(0).row().line();
        trainedTokens +=
                parts.stream().mapToLong(part -> part.row().trainedTokens()).sum();
        if (parts.size() > 1) {
            beginnings.addPair(
                    promptOf(parts.get(0).row()), promptOf(parts.get(1).row()));
        } else {
            beginnings.add(parts.get(0).row().ids());
        }
        unendedRows += parts.stream().allMatch(RowEncoder.Encoded::isEnded) ? 0 : 1;
        if (parts.stream().anyMatch(part -> part.row().isTruncated())) {
            truncatedRows++;
            addFirst(firstTruncated, line);
        }
        accepted(
                line,
                parts.stream().map(part -> part.row().length()).toList(),
                parts.stream().anyMatch(RowEncoder.Encoded::hidesText));
    }

    /** The tokens of a pair's conversation that may be shared. */
    private static int[] promptOf(EncodedRow row) {
        return Arrays.copyOf(row.ids(), row.contextTokens());
    }

    /** Counts a prompt, which has no trained tokens. */
    void acceptedPrompt(long line, int[] ids, boolean hidesText) {
        beginnings.add(ids);
        accepted(line, List.of(ids.length), hidesText);
    }

    private void accepted(long line, List<Integer> partLengths, boolean hidesText) {
        rows++;
        lengths.addAll(partLengths);
        if (hidesText) {
            unshownRows++;
            addFirst(firstUnshown, line);
        }
    }

    private static void addFirst(List<Long> lines, long line) {
        if (lines.size() < DatasetLimits.LISTED_PROBLEMS) {
            lines.add(line);
        }
    }

    void dropped(RowProblem problem) {
        problems.add(problem);
    }

    TokenReport report() {
        return new TokenReport(
                maxLength,
                rows,
                Packing.of(lengths.stream().mapToInt(Integer::intValue).toArray(), maxLength)
                        .size(),
                lengths.stream().mapToLong(Integer::longValue).sum(),
                trainedTokens,
                longestRow,
                longestLine,
                truncatedRows,
                firstTruncated,
                unendedRows,
                unshownRows,
                firstUnshown,
                problems.counts(),
                problems.first(),
                beginnings.common());
    }
}
