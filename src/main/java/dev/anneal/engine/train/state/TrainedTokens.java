package dev.anneal.engine.train.state;

/**
 * Tokens of a step or of all steps so far.
 *
 * @param trained tokens with a loss
 * @param read all tokens of the rows, without padding
 * @param shared how many of these were not computed, because the same beginning of another row was
 */
public record TrainedTokens(long trained, long read, long shared) {

    /** No tokens. */
    public static final TrainedTokens NONE = new TrainedTokens(0, 0, 0);

    public TrainedTokens plus(TrainedTokens more) {
        return new TrainedTokens(trained + more.trained, read + more.read, shared + more.shared);
    }
}
