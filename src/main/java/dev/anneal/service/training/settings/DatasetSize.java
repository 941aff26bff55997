package dev.anneal.service.training.settings;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.rows.ValidationReport;
import org.jspecify.annotations.Nullable;

/**
 * Size of the training file once the job's model has tokenised it.
 *
 * @param rows rows that can be trained
 * @param packedSequences sequences of the job's longest length into which they are packed
 * @param tokens their tokens, after truncation
 * @param trainedTokens their tokens with a label
 * @param longestRowTokens longest row, before truncation
 * @param validatedRows rows of the validation file, 0 without one
 */
public record DatasetSize(
        int rows, int packedSequences, long tokens, long trainedTokens, int longestRowTokens, long validatedRows) {

    /** @param validation what the validation file holds, null without one */
    public static DatasetSize of(TokenReport report, @Nullable ValidationReport validation) {
        return new DatasetSize(
                report.rows(),
                report.packedSequences(),
                report.tokens(),
                report.trainedTokens(),
                report.longestRowTokens(),
                validation == null ? 0 : validation.accepted());
    }
}
