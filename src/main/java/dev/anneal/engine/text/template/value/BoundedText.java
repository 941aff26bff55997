package dev.anneal.engine.text.template.value;

import java.util.Iterator;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A text builder that stays within the budget. */
public final class BoundedText {

    private final StringBuilder text = new StringBuilder();
    private final Budget budget;

    /** An empty text. */
    public BoundedText(Budget budget) {
        this.budget = budget;
    }

    /** A text in which each match of a pattern is replaced. */
    static String replaced(String text, Pattern pattern, Budget budget, Function<MatchResult, String> replacement) {
        BoundedText out = new BoundedText(budget);
        Matcher match = pattern.matcher(text);
        int start = 0;
        for (; match.find(); start = match.end()) {
            out.append(text.subSequence(start, match.start())).append(replacement.apply(match));
        }
        return out.append(text.subSequence(start, text.length())).toString();
    }

    /** Texts with a separator between them. */
    static String joined(Stream<String> texts, String separator, Budget budget) {
        BoundedText out = new BoundedText(budget);
        for (Iterator<String> remaining = texts.iterator(); remaining.hasNext(); ) {
            out.append(remaining.next()).append(remaining.hasNext() ? separator : "");
        }
        return out.toString();
    }

    /** Adds to the end. */
    public BoundedText append(CharSequence more) {
        budget.growText(text.length(), more.length());
        text.append(more);
        return this;
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
