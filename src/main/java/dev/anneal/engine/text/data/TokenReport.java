package dev.anneal.engine.text.data;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.anneal.engine.text.rows.DatasetLimits;
import dev.anneal.engine.text.rows.RowFault;
import dev.anneal.engine.text.rows.RowProblem;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What a dataset file is to one model at one longest row length. A validated file may still lose rows here: to the model's chat template or to the length.
 *
 * @param maxLengthTokens the longest row length that was asked for
 * @param rows rows that can be trained; a pair is one row, and has the tokens of both its conversations
 * @param packedSequences sequences of at most that length into which {@link Packing} puts them
 * @param tokens their tokens, after truncation
 * @param trainedTokens their tokens with a label
 * @param longestRowTokens the longest row before truncation, rows that are dropped for their length included
 * @param longestRowLine its line, counted from 1; 0 if there is none
 * @param truncatedRows trainable rows that lost their end; dropped rows do not count
 * @param firstTruncatedLines lines of the first of them, at most {@link DatasetLimits#LISTED_PROBLEMS}
 * @param unendedRows trainable conversations, or pairs with one, in which no trained message is followed by an end-of-turn token within the length: alone they would teach a model never to stop
 * @param unshownRows trainable rows of which the chat template leaves out the text of a message, a tool or a call
 * @param firstUnshownLines lines of the first of them, at most {@link DatasetLimits#LISTED_PROBLEMS}
 * @param dropped counts of rows that cannot be trained by {@link RowFault#wireName}
 * @param firstProblems the first of them, at most {@link DatasetLimits#LISTED_PROBLEMS}
 */
@JsonNaming(SnakeCaseStrategy.class)
public record TokenReport(
        int maxLengthTokens,
        int rows,
        int packedSequences,
        long tokens,
        long trainedTokens,
        int longestRowTokens,
        long longestRowLine,
        int truncatedRows,
        List<Long> firstTruncatedLines,
        int unendedRows,
        int unshownRows,
        List<Long> firstUnshownLines,
        Map<String, Long> dropped,
        List<RowProblem> firstProblems) {

    public TokenReport {
        firstTruncatedLines = List.copyOf(firstTruncatedLines);
        firstUnshownLines = List.copyOf(firstUnshownLines);
        dropped = Collections.unmodifiableMap(new TreeMap<>(dropped));
        firstProblems = List.copyOf(firstProblems);
    }

    /** Whether a job can train on the file: at least one row is left. */
    @JsonIgnore
    public boolean isTrainable() {
        return rows > 0;
    }
}
