package dev.anneal.engine.text.template.program;

import dev.anneal.engine.text.template.library.FilteredIterator;
import dev.anneal.engine.text.template.value.LoopValue;
import dev.anneal.engine.text.template.value.Value;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * {@code {% for target in elements if condition recursive %}}. Each round has a scope of its own, so nothing that is set in one is left in the next.
 *
 * @param otherwise what is executed if there are no elements
 */
public record Loop(
        int line,
        Target target,
        Expression elements,
        @Nullable Expression condition,
        boolean isRecursive,
        Statement body,
        Statement otherwise)
        implements Statement {

    /** A round makes a scope of its own, which takes as long as several evaluations. */
    private static final int STEPS_OF_A_ROUND = 4;

    @Override
    public Flow execute(Context context) {
        return run(context.evaluate(elements), 0, context.scope(), context);
    }

    private Flow run(Value source, int depth, Scope outer, Context context) {
        LoopValue loop = loop(source, depth, outer, context);
        Value first = loop.advance();
        if (first == null) {
            return context.within(new Scope(outer), () -> context.execute(otherwise));
        }
        Flow flow = round(first, loop, outer, context);
        while (flow != Flow.BREAK) {
            Value element = loop.advance();
            flow = element == null ? Flow.BREAK : round(element, loop, outer, context);
        }
        return Flow.NEXT;
    }

    private Flow round(Value element, LoopValue loop, Scope outer, Context context) {
        context.budget().charge(STEPS_OF_A_ROUND);
        Scope scope = new Scope(outer);
        scope.set("loop", loop);
        return context.within(scope, () -> {
            target.assign(element, context);
            return context.execute(body);
        });
    }

    private LoopValue loop(Value source, int depth, Scope outer, Context context) {
        Iterator<Value> all = source.iterator();
        LoopValue.Recursion recursion = (elementsOfCall, innerDepth) ->
                context.capture(outer, () -> run(elementsOfCall, innerDepth, outer, context));
        return new LoopValue(
                condition == null ? all : new FilteredIterator(all, element -> passes(element, outer, context)),
                condition == null ? source.lengthIfKnown() : LoopValue.UNKNOWN_LENGTH,
                depth,
                isRecursive ? recursion : null,
                context.budget());
    }

    private boolean passes(Value element, Scope outer, Context context) {
        if (condition == null) {
            return true;
        }
        return context.within(new Scope(outer), () -> {
            target.assign(element, context);
            return context.evaluate(condition).isTrue();
        });
    }
}
