package dev.anneal.engine.text.template.value;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** A text builder that stays within the budget. */
public final class BoundedText {

    private final StringBuilder text = new StringBuilder();
    private final Budget budget;

    /** An empty text. */
    public BoundedText(Budget budget) {
        this.budget = budget;
    }

    /** Adds to the end. */
    public BoundedText append(CharSequence more) {
        budget.growText(text.length(), more.length());
        text.append(more);
        return this;
    }

    /**
     * Adds a text in which some code points are written differently.
     *
     * @param escape replacement of a code point, or null for the code point itself
     */
    public BoundedText appendEscaped(String more, IntFunction<@Nullable String> escape) {
        int plainFrom = 0;
        int next;
        for (int i = 0; i < more.length(); i = next) {
            int codePoint = more.codePointAt(i);
            next = i + Character.charCount(codePoint);
            String escaped = escape.apply(codePoint);
            if (escaped != null) {
                append(more.subSequence(plainFrom, i)).append(escaped);
                plainFrom = next;
            }
        }
        return append(more.subSequence(plainFrom, more.length()));
    }

    /** UTF-16 units so far. */
    public int length() {
        return text.length();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
