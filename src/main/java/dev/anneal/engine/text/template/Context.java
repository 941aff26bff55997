package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.Rendering.Span;
import dev.anneal.engine.text.template.Statement.Flow;
import dev.anneal.engine.text.template.value.BoundedText;
import dev.anneal.engine.text.template.value.Budget;
import dev.anneal.engine.text.template.value.Globals;
import dev.anneal.engine.text.template.value.TextValue;
import dev.anneal.engine.text.template.value.Undefined;
import dev.anneal.engine.text.template.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** State of one rendering: variables, output, budget, and the line that is being executed. Used by one thread. */
final class Context {

    private final Budget budget;
    private final List<Span> spans = new ArrayList<>();
    private BoundedText output;
    private Scope scope;
    private int line = 1;

    /** Creates the state of a new rendering. */
    Context(Budget budget) {
        this.budget = budget;
        this.scope = new Scope(null);
        this.output = new BoundedText(budget);
    }

    /** The text rendered so far, with the spans of generation blocks. */
    Rendering rendering() {
        return new Rendering(output.toString(), spans);
    }

    /** The line that is being executed. */
    int line() {
        return line;
    }

    Budget budget() {
        return budget;
    }

    /** Evaluates an expression. All evaluations go through here, to be charged to the budget. */
    Value evaluate(Expression expression) {
        budget.enter();
        Value value = expression.evaluate(this);
        budget.leave();
        return value;
    }

    /** The values of several expressions. */
    List<Value> evaluate(List<Expression> expressions) {
        List<Value> values = new ArrayList<>(expressions.size());
        for (Expression expression : expressions) {
            values.add(evaluate(expression));
        }
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

    Value variable(String name) {
        Value value = scope.find(name);
        if (value == null) {
            value = Globals.find(name, budget);
        }
        return value == null ? Undefined.because("'" + name + "' is undefined") : value;
    }

    void set(String name, Value value) {
        scope.set(name, value);
    }

    void print(String text) {
        output.append(text);
    }

    Scope scope() {
        return scope;
    }

    /** Runs an action in another scope. The scope is not restored after a failure, which ends the rendering. */
    <T> T within(Scope inner, Supplier<T> action) {
        Scope current = scope;
        scope = inner;
        T result = action.get();
        scope = current;
        return result;
    }

    /** Runs an action in another scope and captures its output. */
    Value capture(Scope inner, Supplier<Flow> action) {
        BoundedText current = output;
        int caller = line;
        output = new BoundedText(budget);
        within(inner, action);
        Value captured = new TextValue(output.toString());
        output = current;
        line = caller;
        return captured;
    }

    /** Executes a generation block, and marks its text as the assistant's if its position in the output is known. */
    Flow generation(boolean isPlaced, Statement body) {
        int start = output.length();
        Flow flow = within(new Scope(scope), () -> execute(body));
        if (isPlaced) {
            spans.add(new Span(start, output.length()));
        }
        return flow;
    }
}
