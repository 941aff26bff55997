package dev.anneal.engine.text.data;

import java.util.List;

/**
 * The prompts of a reinforcement dataset as tokens, in memory.
 *
 * @param prompts those that leave room for an answer, in the order of the file
 * @param report what was counted on the way, dropped rows included
 */
public record EncodedPrompts(List<EncodedPrompt> prompts, TokenReport report) {

    public EncodedPrompts {
        prompts = List.copyOf(prompts);
    }
}
