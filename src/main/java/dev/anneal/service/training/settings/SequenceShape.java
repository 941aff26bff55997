package dev.anneal.service.training.settings;

/**
 * The sequences made from a row of a file.
 *
 * @param together number computed in one micro-batch, such as the two of a pair
 * @param apart number computed separately, such as the completions of a prompt
 * @param completionTokens maximum number of tokens sampled after a row's own; 0 without sampling
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
        int contextTokens,
        int updates,
        int evaluationSamples,
        double againForward,
        int readBefore) {

    /** Forward passes of a token that take as long as decoding one, because few are decoded at a time. */
    private static final double DECODING_PASSES = 3;

    /**
     * Maximum number of sequences sampled together, for a step or a validation; 0 without sampling.
     *
     * @param ofStep sequences of a step
     * @param validated rows of the validation file
     */
    int sampled(int ofStep, long validated) {
        return completionTokens == 0
                ? 0
                : Math.toIntExact(Math.max(ofStep, Math.min(Integer.MAX_VALUE, validated * evaluationSamples)));
    }

    /** Maximum number of tokens computed together. */
    int longest(int longestRow) {
        return together * Math.min(longestRow + completionTokens, Math.max(longestRow, contextTokens));
    }

    /** Tokens of one epoch. Completions are assumed to have half their maximum length. */
    double trainedWith(DatasetSize data) {
        return apart * (data.tokens() + data.rows() * expectedCompletion());
    }

    /** Tokens of one epoch that sequences made from the same row begin with alike. */
    double sharedWithin(DatasetSize data) {
        return completionTokens == 0 ? data.beginnings().ofPairs() : (apart - 1.0) * data.tokens();
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

    /** Cost of sampling for a number of training rows, in tokens of forward passes. */
    double sampling(double rows) {
        return decoding(rows * apart * expectedCompletion());
    }

    /** Likewise for a number of validation rows. */
    double validating(double rows) {
        return decoding(rows * evaluationSamples * expectedCompletion());
    }

    /** Cost of decoding a number of tokens, in tokens of forward passes. */
    static double decoding(double tokens) {
        return tokens * DECODING_PASSES;
    }

    private double expectedCompletion() {
        return completionTokens / 2.0;
    }
}
