package dev.anneal.engine.template;

/**
 * A template that cannot be compiled, or a rendering that was refused. The message names the line; it never names anything of the host.
 */
public final class TemplateException extends RuntimeException {

    /** Whose fault it is. The caller decides by it whether the model or the row is to blame. */
    public enum Problem {
        /** The source is not a template this interpreter understands. */
        SYNTAX,
        /** An expression has no value: undefined attribute, wrong type, unknown filter. */
        EVALUATION,
        /** The template itself refused the conversation by {@code raise_exception}; the reason is its text, unchanged. */
        RAISED,
        /** Time, output, recursion or the size of a value went over the limit. */
        BUDGET
    }

    private final Problem problem;
    private final int line;
    private final String reason;

    TemplateException(Problem problem, int line, String reason) {
        super("line " + line + " of the chat template: " + reason);
        this.problem = problem;
        this.line = line;
        this.reason = reason;
    }

    /** Kind of the failure. */
    public Problem problem() {
        return problem;
    }

    /** Line of the template's source, counted from 1. */
    public int line() {
        return line;
    }

    /** What went wrong, without the line. */
    public String reason() {
        return reason;
    }
}
