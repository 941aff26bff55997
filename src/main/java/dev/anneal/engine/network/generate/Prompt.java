package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.sampling.Sampling;
import org.jspecify.annotations.Nullable;

/**
 * A prompt with its decoding parameters.
 *
 * @param tokens ids, at least one; must not be changed
 * @param prediction tokens that the answer is expected to have, which saves time where it has them and changes nothing
 *     else; may be empty; must not be changed
 * @param draft model that proposes tokens of the answer, which changes nothing but the time; null to look them up in
 *     prompt, prediction and answer
 * @param maxNewTokens maximum number of tokens of the answer, which the model's context also limits
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares prompts
public record Prompt(
        int[] tokens, int[] prediction, @Nullable Draft draft, int maxNewTokens, Sampling sampling) {

    public Prompt {
        if (tokens.length == 0) {
            throw new IllegalArgumentException("a prompt has at least one token");
        }
    }

    /** A prompt whose answer nobody predicts. */
    public Prompt(int[] tokens, int maxNewTokens, Sampling sampling) {
        this(tokens, new int[0], null, maxNewTokens, sampling);
    }
}
