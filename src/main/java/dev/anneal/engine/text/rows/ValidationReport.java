package dev.anneal.engine.text.rows;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.anneal.engine.text.fault.ItemKeys;
import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowProblem;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Content and faults of a dataset file, independent of a model: the {@code anneal.validation_report} of a file.
 *
 * <p>A file is usable if every line that is not blank is a row: silently dropping lines would train something other
 * than intended.
 *
 * <p>For a file in another format, such as a compressed one or a table, a single problem at its first line says what it
 * is and how to convert it.
 *
 * @param code {@code dataset_invalid} or {@code dataset_too_small}; null if the file is usable
 * @param message explanation with the first faulty line; null if the file is usable
 * @param format format of the first row; {@link DatasetFormat#CHAT} for a file without rows
 * @param lines number of lines that are not blank
 * @param blankLines number of skipped lines with only white space
 * @param accepted number of lines that are rows
 * @param dropped counts of the other lines by {@link RowFault#wireName}
 * @param firstProblems the first of the other lines, at most {@link DatasetLimits#LISTED_PROBLEMS}
 * @param messages number of messages of the accepted rows
 * @param trainedMessages number of trained assistant messages among them
 * @param unknownKeys counts of unknown keys, at most {@link DatasetLimits#LISTED_KEYS} names
 * @param warnings warnings about a usable file
 * @param itemKeys keys in the rows of a reinforcement file, for graders; null for other formats
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
