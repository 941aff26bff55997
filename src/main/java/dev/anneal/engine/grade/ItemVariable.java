package dev.anneal.engine.grade;

import java.util.List;

/**
 * A variable of a grader's template that is filled from the row, such as <code>{{item.answer}}</code>.
 *
 * @param grader name of the grader
 * @param place where the request has the template
 * @param text the variable as it was written, without braces
 * @param steps what leads from the row to the value: keys as strings, places in lists as whole numbers; never empty
 */
public record ItemVariable(String grader, String place, String text, List<Object> steps) {

    public ItemVariable {
        steps = List.copyOf(steps);
    }
}
