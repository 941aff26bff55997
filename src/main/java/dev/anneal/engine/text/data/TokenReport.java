package dev.anneal.engine.text.data;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowProblem;
import dev.anneal.engine.text.rows.DatasetLimits;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Token counts of a dataset file for a model and a maximum row length. A validated file may still lose rows here,
 * because of the model's chat template or the length.
 *
 * @param maxLengthTokens the requested maximum row length
 * @param rows trainable rows; a pair is one row with the tokens of both conversations
 * @param packedSequences number of sequences of at most that length into which {@link Packing} packs them
 * @param tokens their tokens, after truncation
 * @param trainedTokens their tokens with a label
 * @param longestRowTokens length of the longest row before truncation, including rows dropped for their length
 * @param longestRowLine its line, from 1; 0 if there is none
 * @param truncatedRows number of trainable rows that were cut
 * @param firstTruncatedLines lines of the first of them, at most {@link DatasetLimits#LISTED_PROBLEMS}
 * @param unendedRows number of trainable conversations, or pairs with one, in which no trained message has an
 *     end-of-turn token within the length: trained alone, they would teach a model never to stop
 * @param unshownRows number of trainable rows of which the chat template leaves out the text of a message, a tool or a
 *     call
 * @param firstUnshownLines lines of the first of them, at most {@link DatasetLimits#LISTED_PROBLEMS}
 * @param dropped counts of untrainable rows by {@link RowFault#wireName}
 * @param firstProblems the first of them, at most {@link DatasetLimits#LISTED_PROBLEMS}
 * @param commonBeginnings tokens that trainable rows begin with alike; of pairs, of their prompts
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
        List<RowProblem> firstProblems,
        CommonBeginnings commonBeginnings) {

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
