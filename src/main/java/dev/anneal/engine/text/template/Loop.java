package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.Statement.Flow;
import dev.anneal.engine.text.template.value.LoopContext;
import dev.anneal.engine.text.template.value.Python;
import java.util.function.BiConsumer;

/**
 * {@code {% for target in elements if condition %}}. Each iteration has its own scope, so nothing set in one is visible
 * in the next.
 *
 * @param elements those that pass the condition, if there is one
 * @param otherwise block to execute if there are no elements
 */
record Loop(BiConsumer<Object, Context> target, Expression elements, Statement body, Statement otherwise) {

    /** Creating the scope of an iteration takes as long as several evaluations. */
    private static final int STEPS_OF_A_ROUND = 4;

    /** The elements for which a condition holds, evaluated when they are read. */
    static Object passing(
            BiConsumer<Object, Context> target, Expression elements, Expression condition, Context context) {
        VariableScope outer = context.scope();
        return Python.elements(context.evaluate(elements), context.budget())
                .filter(element -> context.within(outer, () -> {
                    target.accept(element, context);
                    return Python.isTrue(context.evaluate(condition));
                }))
                .iterator();
    }

    Flow execute(Context context) {
        VariableScope outer = context.scope();
        LoopContext loop = new LoopContext(context.evaluate(elements), context.budget());
        Object element = loop.advance();
        if (element == null) {
            return context.within(outer, () -> context.execute(otherwise));
        }
        while (element != null && round(element, loop, outer, context) != Flow.BREAK) {
            element = loop.advance();
        }
        return Flow.NEXT;
    }

    private Flow round(Object element, LoopContext loop, VariableScope outer, Context context) {
        context.budget().charge(STEPS_OF_A_ROUND);
        return context.within(outer, () -> {
            context.set("loop", loop);
            target.accept(element, context);
            return context.execute(body);
        });
    }
}
