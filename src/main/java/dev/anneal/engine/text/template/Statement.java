package dev.anneal.engine.text.template;

import java.util.function.Function;

/**
 * A statement of a template.
 *
 * @param line line where it begins
 * @param action called only by {@link Context#execute}
 */
record Statement(int line, Function<Context, Flow> action) {

    /** Control flow after a statement. */
    enum Flow {
        /** Continue with the next statement. */
        NEXT,
        /** Continue with the next element of the innermost loop. */
        CONTINUE,
        /** Continue after the innermost loop. */
        BREAK
    }
}
