package dev.anneal.engine.text.template;

import java.util.function.Function;

/**
 * Something in a template that is executed.
 *
 * @param line where it begins
 * @param action called by {@link Context#execute} only
 */
record Statement(int line, Function<Context, Flow> action) {

    /** How execution goes on after a statement. */
    enum Flow {
        /** With the next statement. */
        NEXT,
        /** With the next element of the innermost loop. */
        CONTINUE,
        /** After the innermost loop. */
        BREAK
    }
}
