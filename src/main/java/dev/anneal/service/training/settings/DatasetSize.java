package dev.anneal.service.training.settings;

import dev.anneal.engine.text.data.CommonBeginnings;
import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.rows.ValidationReport;
import org.jspecify.annotations.Nullable;

/**
 * Size of the training file, tokenised by the job's model.
 *
 * @param rows number of trainable rows
 * @param packedSequences number of sequences of the job's maximum length into which they are packed
 * @param tokens number of their tokens, after truncation
 * @param trainedTokens number of their tokens with a label
 * @param longestRowTokens tokens of the longest row, before truncation
 * @param validatedRows number of rows of the validation file, 0 without one
 * @param beginnings tokens that rows begin with alike
 */
public record DatasetSize(
        int rows,
        int packedSequences,
        long tokens,
        long trainedTokens,
        int longestRowTokens,
        long validatedRows,
        CommonBeginnings beginnings) {

    /**
     * The file with other answers in each of its rows.
     *
     * @param expected expected number of their tokens
     * @param most maximum number of their tokens
     */
    DatasetSize answeredBy(int expected, int most) {
        long answers = (long) rows * expected;
        long all = tokens - trainedTokens + answers;
        return new DatasetSize(
                rows,
                Math.toIntExact(Math.max(1, packedSequences * all / tokens)),
                all,
                answers,
                longestRowTokens + most,
                validatedRows,
                beginnings);
    }

    /**
     * @param validation report on the validation file, null without one
     */
    public static DatasetSize of(TokenReport report, @Nullable ValidationReport validation) {
        return new DatasetSize(
                report.rows(),
                report.packedSequences(),
                report.tokens(),
                report.trainedTokens(),
                report.longestRowTokens(),
                validation == null ? 0 : validation.accepted(),
                report.commonBeginnings());
    }
}
