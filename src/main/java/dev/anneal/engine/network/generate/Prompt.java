package dev.anneal.engine.network.generate;

/** Tokens to be continued, and how. */
public final class Prompt {

    private final int[] tokens;
    private final int maxNewTokens;
    private final Sampling sampling;

    /**
     * @param tokens ids, at least one
     * @param maxNewTokens tokens after which the answer is cut; the end of the model's context cuts it as well
     */
    public Prompt(int[] tokens, int maxNewTokens, Sampling sampling) {
        if (tokens.length == 0) {
            throw new IllegalArgumentException("a prompt has at least one token");
        }
        this.tokens = tokens.clone();
        this.maxNewTokens = maxNewTokens;
        this.sampling = sampling;
    }

    int[] tokens() {
        return tokens;
    }

    int maxNewTokens() {
        return maxNewTokens;
    }

    Sampling sampling() {
        return sampling;
    }
}
