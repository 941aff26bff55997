package dev.anneal.service.training.settings;

/**
 * The sequences that are made of a row of a file.
 *
 * @param together how many are computed in one micro-batch, as the two of a pair are
 * @param apart how many are computed separately, as the completions of a prompt are
 * @param completionTokens most tokens that are sampled behind a row's own; 0 where nothing is
 * @param contextTokens of the model: what is read and sampled together is no longer
 * @param updates optimizer steps on what was sampled once
 * @param evaluationSamples completions of each row of the validation file
 * @param againForward forward passes of a step's tokens beside those of its update
 * @param readBefore forward passes of both files before the first step
 */
record SequenceShape(
        int together,
        int apart,
        int completionTokens,
        int contextTokens,
        int updates,
        int evaluationSamples,
        double againForward,
        int readBefore) {

    /** Forward passes that take as long as decoding one token does, of which few are computed at one time. */
    private static final double DECODING_PASSES = 3;

    /**
     * Sequences that are sampled together at most, for a step or a validation; 0 where nothing is sampled.
     *
     * @param ofStep sequences of a step
     * @param validated rows of the validation file
     */
    int sampled(int ofStep, long validated) {
        return completionTokens == 0
                ? 0
                : Math.toIntExact(Math.max(ofStep, Math.min(Integer.MAX_VALUE, validated * evaluationSamples)));
    }

    /** Tokens that are computed together, at most. */
    int longest(int longestRow) {
        return together * Math.min(longestRow + completionTokens, Math.max(longestRow, contextTokens));
    }

    /** Tokens that are trained with when every row is visited once. Completions are taken to be half as long as they may be. */
    double trainedWith(DatasetSize data) {
        return apart * (data.tokens() + data.rows() * expectedCompletion());
    }

    /** Tokens of one sequence. */
    double ofSequence(DatasetSize data) {
        return (double) data.tokens() / data.rows() / together + expectedCompletion();
    }

    /** How many of them have a label. */
    double trainedShare(DatasetSize data) {
        return completionTokens == 0
                ? (double) data.trainedTokens() / data.tokens()
                : expectedCompletion() / ofSequence(data);
    }

    /** Tokens of forward passes that sampling takes as long as, for so many rows that are trained on. */
    double sampling(double rows) {
        return rows * apart * expectedCompletion() * DECODING_PASSES;
    }

    /** Likewise for so many rows of validation files. */
    double validating(double rows) {
        return rows * evaluationSamples * expectedCompletion() * DECODING_PASSES;
    }

    private double expectedCompletion() {
        return completionTokens / 2.0;
    }
}
