package dev.anneal.engine.text.template;

/** An expression of a template. */
interface Expression {

    /** Its value; called only by {@link Context#evaluate}. */
    Object evaluate(Context context);
}
