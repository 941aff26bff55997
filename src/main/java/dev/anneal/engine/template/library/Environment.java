package dev.anneal.engine.template.library;

import dev.anneal.engine.template.value.Budget;
import dev.anneal.engine.template.value.TextValue;
import java.time.Clock;

/** What built-ins may use besides their arguments. */
public record Environment(Budget budget, Clock clock) {

    /** A new text within the budget, for results that are hardly longer than what they were made from. */
    TextValue text(String string) {
        budget.text(string.length());
        return new TextValue(string);
    }
}
