package dev.anneal.engine.text.data;

import dev.anneal.engine.text.rows.DatasetLimits;
import dev.anneal.engine.text.rows.ProblemLog;
import dev.anneal.engine.text.rows.RowProblem;
import java.util.ArrayList;
import java.util.List;

/** Adds up a {@link TokenReport} row by row. */
final class TokenCount {

    private final int maxLength;
    private final ProblemLog problems = new ProblemLog();
    private final List<Long> firstTruncated = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
    private int rows;
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

    /** Counts a row, or both halves of a pair as one. */
    void accepted(List<RowEncoder.Encoded> parts) {
        EncodedRow first = parts.get(0).row();
        parts.forEach(part -> lengths.add(part.row().length()));
        rows++;
        tokens += parts.stream().mapToLong(part -> part.row().length()).sum();
        trainedTokens +=
                parts.stream().mapToLong(part -> part.row().trainedTokens()).sum();
        unendedRows += parts.stream().allMatch(RowEncoder.Encoded::isEnded) ? 0 : 1;
        if (parts.stream().anyMatch(RowEncoder.Encoded::hidesText)) {
            unshown(first.line());
        }
        if (parts.stream().anyMatch(part -> part.row().isTruncated())) {
            truncatedRows++;
            addFirst(firstTruncated, first.line());
        }
    }

    /** Counts a prompt, which nothing is trained of. */
    void acceptedPrompt(long line, int length, boolean hidesText) {
        rows++;
        lengths.add(length);
        tokens += length;
        if (hidesText) {
            unshown(line);
        }
    }

    private void unshown(long line) {
        unshownRows++;
        addFirst(firstUnshown, line);
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
