package dev.anneal.engine.text.rows;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What a dataset file holds and what is wrong with it, as far as that can be said without a model. It is the {@code anneal.validation_report} of a file.
 *
 * <p>A file is usable when every line that is not blank is a row: a dataset that loses lines silently trains something else than its author meant.
 *
 * <p>Of a file in another format, such as a compressed one or a table, the first line alone is looked at: its one problem says what the file is and how to convert it.
 *
 * @param code {@code dataset_invalid} or {@code dataset_too_small}; null if the file is usable
 * @param message the code in words, with the first faulty line; null if the file is usable
 * @param format what the rows are, as the first of them says; {@link DatasetFormat#CHAT} of a file without rows
 * @param lines lines that are not blank
 * @param blankLines lines of white space alone, which are skipped
 * @param accepted lines that are rows
 * @param dropped counts of the other lines by {@link RowFault#wireName}
 * @param firstProblems the first of the other lines, at most {@link DatasetLimits#LISTED_PROBLEMS}
 * @param messages messages of the accepted rows
 * @param trainedMessages assistant messages among them that are trained
 * @param unknownKeys counts of keys that the format does not know, at most {@link DatasetLimits#LISTED_KEYS} names
 * @param warnings what is odd about a usable file, in sentences
 * @param itemKeys what the rows of a reinforcement file hold for graders; null for other formats
 * @param byteOrderMark whether the file begins with a UTF-8 byte order mark, which is skipped
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ValidationReport(
        @Nullable String code,
        @Nullable String message,
        DatasetFormat format,
        long lines,
        long blankLines,
        long accepted,
        Map<String, Long> dropped,
        List<RowProblem> firstProblems,
        long messages,
        long trainedMessages,
        Map<String, Long> unknownKeys,
        List<String> warnings,
        @Nullable ItemKeys itemKeys,
        boolean byteOrderMark) {

    public ValidationReport {
        dropped = Collections.unmodifiableMap(new TreeMap<>(dropped));
        firstProblems = List.copyOf(firstProblems);
        warnings = List.copyOf(warnings);
        unknownKeys = Collections.unmodifiableMap(new TreeMap<>(unknownKeys));
    }

    /** Whether jobs may train on the file. */
    @JsonIgnore
    public boolean isUsable() {
        return code == null;
    }
}
