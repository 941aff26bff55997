package dev.anneal.engine.network.sampling;

/**
 * Receives an answer's tokens as they are chosen and decides where it ends. Called by the thread that decodes, which
 * waits meanwhile. The last call is {@link #cut} or {@link #failed}, unless the sink itself has ended the answer.
 */
public interface TokenSink {

    /** {@link #topLogprobs} of a sink without log-probabilities. */
    int NO_LOGPROBS = -1;

    /** Number of most likely tokens to report with each token's own log-probability, or {@link #NO_LOGPROBS}. */
    default int topLogprobs() {
        return NO_LOGPROBS;
    }

    /** @return whether the answer continues */
    boolean take(ChosenToken token);

    /** The first tokens of the prompt were not read, because their keys and values were kept. */
    default void skipped(int promptTokens) {}

    /**
     * The model has made a step, whose tokens follow: one, and those draft tokens that it chose too.
     *
     * @param draftTokens number of draft tokens that it read
     */
    default void stepped(int draftTokens) {}

    /** Whether the answer is no longer needed. */
    default boolean isCancelled() {
        return false;
    }

    /** The answer has reached its maximum number of tokens. */
    default void cut() {}

    /** Decoding has failed. */
    void failed(Throwable cause);
}
