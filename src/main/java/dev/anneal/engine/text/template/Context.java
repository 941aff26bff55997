package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.Rendering.Span;
import dev.anneal.engine.text.template.Statement.Flow;
import dev.anneal.engine.text.template.value.BoundedText;
import dev.anneal.engine.text.template.value.Budget;
import dev.anneal.engine.text.template.value.Globals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.function.Supplier;

/** State of one rendering: variables, output, budget, and the line that is being executed. Used by one thread. */
final class Context {

    private final Budget budget;
    private final List<Span> spans = new ArrayList<>();
    private BoundedText output;
    private VariableScope scope = new VariableScope(null, new HashMap<>());
    private int line = 1;

    /** Creates the state of a new rendering. */
    Context(Budget budget) {
        this.budget = budget;
        this.output = new BoundedText(budget);
    }

    /** The text rendered so far, with the spans of generation blocks if they are wanted. */
    Rendering rendering(boolean withSpans) {
        return new Rendering(output.toString(), withSpans ? spans : List.of());
    }

    /** The line that is being executed. */
    int line() {
        return line;
    }

    Budget budget() {
        return budget;
    }

    /** Evaluates an expression. All evaluations go through here, to be charged to the budget. */
    Object evaluate(Expression expression) {
        budget.enter();
        Object value = expression.evaluate(this);
        budget.leave();
        return value;
    }

    /** The values of several expressions. */
    List<Object> evaluate(List<Expression> expressions) {
        List<Object> values = new ArrayList<>();
        expressions.forEach(expression -> values.add(evaluate(expression)));
        return values;
    }

    /** Executes a statement. All executions go through here, to be charged to the budget. */
    Flow execute(Statement statement) {
        budget.enter();
        line = statement.line();
        Flow flow = statement.action().apply(this);
        budget.leave();
        return flow;
    }

    Object variable(String name) {
        Object value = scope.find(name);
        return value != null ? value : Globals.get(name, budget);
    }

    void set(String name, Object value) {
        scope.variables().put(name, value);
    }

    void print(String text) {
        output.append(text);
    }

    VariableScope scope() {
        return scope;
    }

    /** Runs an action in a scope within another one. It is not left after a failure, which ends the rendering. */
    <T> T within(VariableScope outer, Supplier<T> action) {
        VariableScope current = scope;
        scope = new VariableScope(outer, new HashMap<>());
        T result = action.get();
        scope = current;
        return result;
    }

    /** Runs an action in a scope within another one, and captures its output. */
    String capture(VariableScope outer, Supplier<Flow> action) {
        BoundedText current = output;
        int caller = line;
        output = new BoundedText(budget);
        within(outer, action);
        String captured = output.toString();
        output = current;
        line = caller;
        return captured;
    }

    /** Executes a generation block, and marks its text as the assistant's if its position in the output is known. */
    Flow generation(boolean isPlaced, Statement body) {
        int start = output.length();
        Flow flow = within(scope, () -> execute(body));
        if (isPlaced) {
            spans.add(new Span(start, output.length()));
        }
        return flow;
    }
}
