package dev.anneal.engine.network.generate;

/**
 * Receives an answer's tokens as they are chosen and decides where it ends. Called by the thread that decodes, which waits meanwhile. The last call is
 * {@link #cut} or {@link #failed}, unless the sink itself has ended the answer.
 */
public interface TokenSink {

    /** {@link #topLogprobs} of a sink that asks for no log-probabilities at all. */
    int NO_LOGPROBS = -1;

    /** How many of the most likely tokens to give beside each token's own log-probability, or {@link #NO_LOGPROBS}. */
    default int topLogprobs() {
        return NO_LOGPROBS;
    }

    /** @return whether the answer continues */
    boolean take(ChosenToken token);

    /** Whether the answer is not needed any more. */
    default boolean isCancelled() {
        return false;
    }

    /** The answer has reached its largest number of tokens. */
    default void cut() {}

    /** Decoding has failed. */
    void failed(Throwable cause);
}
