package dev.anneal.engine.text.template;

import dev.anneal.engine.text.template.value.Value;

/** Something in a template that has a value. */
@FunctionalInterface
interface Expression {

    /** Its value; called by {@link Context#evaluate} only. */
    Value evaluate(Context context);
}
