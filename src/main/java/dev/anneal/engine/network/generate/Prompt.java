package dev.anneal.engine.network.generate;

/**
 * Tokens to be continued, and how.
 *
 * @param tokens ids, at least one; not to be changed
 * @param maxNewTokens tokens after which the answer is cut; the end of the model's context cuts it as well
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares prompts
public record Prompt(int[] tokens, int maxNewTokens, Sampling sampling) {

    public Prompt {
        if (tokens.length == 0) {
            throw new IllegalArgumentException("a prompt has at least one token");
        }
    }
}
