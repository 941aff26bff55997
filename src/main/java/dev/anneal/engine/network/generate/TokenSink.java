package dev.anneal.engine.network.generate;

/**
 * Takes an answer's tokens as they are chosen and decides where it ends. Called by the thread that decodes, which waits meanwhile; {@link #cut} or
 * {@link #failed} is the last call, unless the sink itself has ended the answer.
 */
public interface TokenSink {

    /** {@link #topLogprobs} of a sink that asks for no log-probabilities at all. */
    int NO_LOGPROBS = -1;

    /** How many of the most likely tokens are wanted beside each token's own log-probability, or {@link #NO_LOGPROBS}. */
    int topLogprobs();

    /** @return whether the answer goes on */
    boolean take(ChosenToken token);

    /** Whether nobody wants the answer any more. */
    boolean isCancelled();

    /** The answer has as many tokens as it may have. */
    void cut();

    /** Decoding has failed. */
    void failed(Throwable cause);
}
