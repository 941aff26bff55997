package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.Statement.Flow;
import dev.anneal.engine.text.template.value.LoopValue;
import dev.anneal.engine.text.template.value.StreamValue;
import dev.anneal.engine.text.template.value.Value;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code {% for target in elements if condition %}}. Each iteration has its own scope, so nothing set in one is visible
 * in the next.
 *
 * @param otherwise block to execute if there are no elements
 */
record Loop(
        BiConsumer<Value, Context> target,
        Expression elements,
        @Nullable Expression condition,
        Statement body,
        Statement otherwise) {

    /** Creating the scope of an iteration takes as long as several evaluations. */
    private static final int STEPS_OF_A_ROUND = 4;

    Flow execute(Context context) {
        Scope outer = context.scope();
        LoopValue loop = loop(context.evaluate(elements), outer, context);
        Value element = loop.advance();
        if (element == null) {
            return context.within(new Scope(outer), () -> context.execute(otherwise));
        }
        while (element != null && round(element, loop, outer, context) != Flow.BREAK) {
            element = loop.advance();
        }
        return Flow.NEXT;
    }

    private Flow round(Value element, LoopValue loop, Scope outer, Context context) {
        context.budget().charge(STEPS_OF_A_ROUND);
        Scope scope = new Scope(outer);
        scope.set("loop", loop);
        return context.within(scope, () -> {
            target.accept(element, context);
            return context.execute(body);
        });
    }

    private LoopValue loop(Value source, Scope outer, Context context) {
        if (condition == null) {
            return new LoopValue(source.iterator(), source.lengthIfKnown(), context.budget());
        }
        Stream<Value> passing = StreamValue.elements(source)
                .filter(element -> context.within(new Scope(outer), () -> {
                    target.accept(element, context);
                    return context.evaluate(condition).isTrue();
                }));
        return new LoopValue(passing.iterator(), -1, context.budget());
    }
}
