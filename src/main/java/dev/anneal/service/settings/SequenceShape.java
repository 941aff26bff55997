package dev.anneal.service.settings;

import dev.anneal.protocol.TrainingMethod;

/**
 * The sequences that a row of a file is trained as.
 *
 * @param together how many are computed in one micro-batch, as the two of a pair are
 * @param apart how many are computed each for itself, as the completions of a prompt are
 * @param completionTokens most tokens that are sampled behind a row's own; 0 where nothing is
 */
record SequenceShape(int together, int apart, int completionTokens) {

    /** Forward passes that take as long as decoding one token does, of which few are computed at one time. */
    private static final double DECODING_PASSES = 3;

    static SequenceShape of(TrainingMethod method) {
        if (method instanceof TrainingMethod.Reinforcement reinforcement) {
            return new SequenceShape(
                    1,
                    reinforcement.rollouts().groupSize(),
                    reinforcement.rollouts().maxCompletionTokens());
        }
        return new SequenceShape(method instanceof TrainingMethod.Dpo ? 2 : 1, 1, 0);
    }

    /** Tokens that are computed together, at most. */
    int longest(int longestRow) {
        return together * (longestRow + completionTokens);
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

    /** Tokens of forward passes that sampling takes as long as, for so many rows. */
    double sampling(double rows) {
        return rows * apart * expectedCompletion() * DECODING_PASSES;
    }

    private double expectedCompletion() {
        return completionTokens / 2.0;
    }
}
