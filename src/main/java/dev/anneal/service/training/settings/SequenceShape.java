package dev.anneal.service.training.settings;

import org.jspecify.annotations.Nullable;

/**
 * The sequences made from a row of a file.
 *
 * @param together number computed in one micro-batch, such as the two of a pair
 * @param apart number computed separately, such as the completions of a prompt
 * @param completionTokens maximum number of tokens sampled after a row's own; 0 without sampling
 * @param expectedCompletion expected number of them
 * @param contextTokens the model's context, which limits read and sampled tokens together
 * @param updates optimizer steps on each sampled rollout
 * @param evaluationSamples number of completions of each row of the validation file
 * @param againForward additional forward passes of a step's tokens
 * @param readBefore forward passes of both files before the first step
 */
record SequenceShape(
        int together,
        int apart,
        int completionTokens,
        double expectedCompletion,
        int contextTokens,
        int updates,
        int evaluationSamples,
        double againForward,
        int readBefore) {

    /** Forward passes of a token that take as long as decoding one, because few are decoded at a time. */
    private static final double DECODING_PASSES = 3;

    /** Sequences of one row each, to which nothing is added. */
    static SequenceShape ofRows(int together, int contextTokens, int readBefore) {
        return new SequenceShape(together, 1, 0, 0, contextTokens, 1, 0, 0, readBefore);
    }

    /** Whether something is sampled. */
    boolean samples() {
        return completionTokens > 0;
    }

    /** @param tokens expected tokens of a completion; null if nothing is known about it */
    SequenceShape expecting(@Nullable Double tokens) {
        return tokens == null
                ? this
                : new SequenceShape(
                        together,
                        apart,
                        completionTokens,
                        Math.min(tokens, completionTokens),
                        contextTokens,
                        updates,
                        evaluationSamples,
                        againForward,
                        readBefore);
    }

    SequenceShape expectingMost() {
        return expecting((double) completionTokens);
    }

    /**
     * Maximum number of sequences sampled together, for a step or a validation; 0 without sampling.
     *
     * @param ofStep sequences of a step
     * @param validated rows of the validation file
     */
    int sampled(int ofStep, long validated) {
        return !samples()
                ? 0
                : Math.toIntExact(Math.max(ofStep, Math.min(Integer.MAX_VALUE, validated * evaluationSamples)));
    }

    /** Maximum number of tokens computed together. */
    int longest(int longestRow) {
        return together * Math.min(longestRow + completionTokens, Math.max(longestRow, contextTokens));
    }

    /** Tokens of one epoch. */
    double trainedWith(DatasetSize data) {
        return apart * (data.tokens() + data.rows() * expectedCompletion);
    }

    /** Tokens of one epoch that sequences made from the same row begin with alike. */
    double sharedWithin(DatasetSize data) {
        return samples() ? (apart - 1.0) * data.tokens() : data.beginnings().ofPairs();
    }

    /** Tokens of one sequence. */
    double ofSequence(DatasetSize data) {
        return (double) data.tokens() / data.rows() / together + expectedCompletion;
    }

    /** How many of them have a label. */
    double trainedShare(DatasetSize data) {
        return samples() ? expectedCompletion / ofSequence(data) : (double) data.trainedTokens() / data.tokens();
    }

    /** Cost of sampling for a number of training rows, in tokens of forward passes. */
    double sampling(double rows) {
        return decoding(rows * apart * expectedCompletion);
    }

    /** Likewise for a number of validation rows. */
    double validating(double rows) {
        return decoding(rows * evaluationSamples * expectedCompletion);
    }

    /** Cost of decoding a number of tokens, in tokens of forward passes. */
    static double decoding(double tokens) {
        return tokens * DECODING_PASSES;
    }
}
