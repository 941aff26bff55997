package dev.anneal.engine.grade;

import java.util.List;

/**
 * A variable of a grader's template that is filled from the row, such as <code>{{item.answer}}</code>.
 *
 * @param grader name of the grader
 * @param place path of the template in the request
 * @param text the variable as written, without braces
 * @param steps path from the row to the value: keys as strings, list indexes as whole numbers; never empty
 */
public record ItemVariable(String grader, String place, String text, List<Object> steps) {

    public ItemVariable {
        steps = List.copyOf(steps);
    }
}
