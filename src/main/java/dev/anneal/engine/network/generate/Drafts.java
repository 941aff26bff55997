package dev.anneal.engine.network.generate;

import org.jspecify.annotations.Nullable;

/** A sequence's draft tokens for the next step, and how many of its earlier ones were right. Not thread-safe. */
final class Drafts {

    private static final int[] NONE = {};

    /**
     * By which earlier counts are multiplied at each step with draft tokens, read or not: the expectation follows the text, and they are tried
     * again.
     */
    private static final double MEMORY = 0.95;

    /** Expected share of right ones where nothing is known. */
    private static final double PRIOR_ACCEPTED = 0.5;

    private final Prompt prompt;

    /** Made at the first search, because waiting prompts need none. */
    private @Nullable PromptLookup lookup;

    private int lastToken;
    private int[] found = NONE;
    private double accepted;
    private double refused;

    Drafts(Prompt prompt) {
        this.prompt = prompt;
    }

    /** Looks for at most {@code most} draft tokens. The first search comes after the answer's first token. */
    void find(int most) {
        if (most <= 0) {
            found = NONE;
            return;
        }
        if (lookup == null) {
            lookup = new PromptLookup(prompt.tokens(), prompt.prediction());
            lookup.add(lastToken);
        }
        found = lookup.draft(most);
    }

    /** Number of draft tokens if there may be at most {@code most}. */
    int count(int most) {
        return Math.min(most, found.length);
    }

    int token(int place) {
        return found[place];
    }

    /** Expected number of right ones among at most {@code most} draft tokens: those before the first wrong one. */
    double expected(int most) {
        double rate = (accepted + PRIOR_ACCEPTED) / (accepted + refused + 1);
        return rate * (1 - Math.pow(rate, count(most))) / (1 - rate);
    }

    /**
     * @param drafted draft tokens read in a step
     * @param right the first ones of them that equal the chosen tokens
     */
    void compared(int drafted, int right) {
        if (found.length == 0) {
            return;
        }
        accepted = MEMORY * accepted + right;
        refused = MEMORY * refused + (right < drafted ? 1 : 0);
    }

    /** Adds a token of the answer. */
    void add(int token) {
        lastToken = token;
        if (lookup != null) {
            lookup.add(token);
        }
    }
}
