package dev.anneal.engine.network.generate;

import org.jspecify.annotations.Nullable;

/** Draft tokens from prompt, prediction and answer. */
final class LookedUpDrafts extends DraftSource {

    private final Prompt prompt;

    /** Made at the first search, because waiting prompts need none. */
    private @Nullable PromptLookup lookup;

    private int lastToken;

    LookedUpDrafts(Prompt prompt) {
        this.prompt = prompt;
    }

    @Override
    void prepare(int most) {
        if (most <= 0) {
            set(NONE);
            return;
        }
        if (lookup == null) {
            lookup = new PromptLookup(prompt.tokens(), prompt.prediction());
            lookup.add(lastToken);
        }
        set(lookup.draft(most));
    }

    @Override
    double prior() {
        return 0.5;
    }

    @Override
    double priorWeight() {
        return 1;
    }

    @Override
    boolean isProposed() {
        return false;
    }

    @Override
    int available() {
        return found();
    }

    @Override
    void add(int token) {
        lastToken = token;
        if (lookup != null) {
            lookup.add(token);
        }
    }
}
