package dev.anneal.engine.text.template.library;

import dev.anneal.engine.text.template.value.Budget;
import dev.anneal.engine.text.template.value.TextValue;
import java.time.ZonedDateTime;

/**
 * What built-ins may use besides their arguments.
 *
 * @param now what a template takes for the present
 */
public record Environment(Budget budget, ZonedDateTime now) {

    /** A new text within the budget, for results that are hardly longer than what they were made from. */
    TextValue text(String string) {
        budget.text(string.length());
        return new TextValue(string);
    }
}
