package dev.anneal.engine.network.generate;

/**
 * A prompt with its decoding parameters.
 *
 * @param tokens ids, at least one; must not be changed
 * @param maxNewTokens maximum number of tokens of the answer, which the model's context also limits
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares prompts
public record Prompt(int[] tokens, int maxNewTokens, Sampling sampling) {

    public Prompt {
        if (tokens.length == 0) {
            throw new IllegalArgumentException("a prompt has at least one token");
        }
    }
}
