package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.drafting.DraftSource;
import dev.anneal.engine.network.drafting.PromptLookup;
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
    public void prepare(int most) {
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
    public double prior() {
        return 0.5;
    }

    @Override
    public double priorWeight() {
        return 1;
    }

    @Override
    public boolean isProposed() {
        return false;
    }

    @Override
    public int available() {
        return found();
    }

    @Override
    public void add(int token) {
        lastToken = token;
        if (lookup != null) {
            lookup.add(token);
        }
    }
}
