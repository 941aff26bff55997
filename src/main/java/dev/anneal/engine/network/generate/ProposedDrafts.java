package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.drafting.DraftSource;
import java.util.Arrays;

/** Draft tokens that a draft model proposes, and the text that it continues. */
final class ProposedDrafts extends DraftSource {

    private final Draft draft;
    private int[] text;
    private int length;
    private int available;
    private boolean givenUp;

    ProposedDrafts(int[] prompt, Draft draft) {
        this.draft = draft;
        this.text = prompt;
        this.length = prompt.length;
    }

    @Override
    public void prepare(int most) {
        set(NONE);
        available = givenUp ? 0 : Math.max(0, most);
    }

    /** Nothing is asked of the draft any more. */
    void giveUp() {
        givenUp = true;
        available = 0;
    }

    @Override
    public double prior() {
        return draft.rate().expected(0.5, 1);
    }

    /** A few steps tell whether a text is like those before it. */
    @Override
    public double priorWeight() {
        return 4;
    }

    @Override
    public void compared(int drafted, int right) {
        super.compared(drafted, right);
        if (available > 0) {
            draft.rate().note(drafted, right);
        }
    }

    @Override
    public boolean isProposed() {
        return true;
    }

    @Override
    public int available() {
        return available;
    }

    @Override
    public void add(int token) {
        if (length == text.length) {
            text = Arrays.copyOf(text, length + Math.max(64, length / 2));
        }
        text[length] = token;
        length++;
    }

    /** Tokens of prompt and answer. */
    int length() {
        return length;
    }

    /** Tokens of prompt and answer from {@code begin} to {@code end} - 1. */
    int[] text(int begin, int end) {
        return Arrays.copyOfRange(text, begin, end);
    }
}
