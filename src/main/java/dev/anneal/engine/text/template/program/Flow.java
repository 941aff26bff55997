package dev.anneal.engine.text.template.program;

/** How execution goes on after a statement. */
public enum Flow {
    /** With the next statement. */
    NEXT,
    /** With the next element of the innermost loop. */
    CONTINUE,
    /** After the innermost loop. */
    BREAK
}
