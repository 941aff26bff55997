package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.value.Value;

/** An expression of a template. */
@FunctionalInterface
interface Expression {

    /** Its value; called only by {@link Context#evaluate}. */
    Value evaluate(Context context);
}
