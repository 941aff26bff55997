package dev.anneal.engine.text.template;

/**
 * A template that cannot be compiled, or a rendering that was refused. The message names the line; it never names anything of the host.
 */
public final class TemplateException extends RuntimeException {

    /** What kind of failure it is. The caller decides by it whether the model or the row is to blame. */
    public enum Problem {
        /** The source is not a template that this interpreter understands. */
        SYNTAX,
        /** An expression has no value: undefined attribute, wrong type, unknown filter. */
        EVALUATION,
        /** The template itself refused the conversation by {@code raise_exception}; the reason is its text, unchanged. */
        RAISED,
        /** Steps, output, recursion or the size of a value went over the limit. */
        BUDGET
    }

    private static final int UNKNOWN_LINE = 0;

    private final Problem problem;
    private final int line;
    private final String reason;

    private TemplateException(Problem problem, int line, String reason) {
        super("line " + line + " of the chat template: " + reason);
        this.problem = problem;
        this.line = line;
        this.reason = reason;
    }

    /** A mistake in the source. */
    public static TemplateException syntax(int line, String reason) {
        return new TemplateException(Problem.SYNTAX, line, reason);
    }

    /** An expression without a value, at a line that the evaluator will add. */
    public static TemplateException evaluation(String reason) {
        return new TemplateException(Problem.EVALUATION, UNKNOWN_LINE, reason);
    }

    /**
     * Something that Jinja or Python has and this interpreter does not, at a line that the evaluator will add.
     *
     * @param what names it
     * @param remedy what the template can do instead
     */
    public static TemplateException unsupported(String what, String remedy) {
        return evaluation(what + " is not supported here: " + remedy);
    }

    /** A limit that was reached, at a line that the evaluator will add. */
    public static TemplateException budget(String reason) {
        return new TemplateException(Problem.BUDGET, UNKNOWN_LINE, reason);
    }

    /** What {@code raise_exception(reason)} ends with, at a line that the evaluator will add. */
    public static TemplateException raised(String reason) {
        return new TemplateException(Problem.RAISED, UNKNOWN_LINE, reason);
    }

    /** This failure at a line of the source, unless it has one. */
    TemplateException at(int lineOfSource) {
        if (line != UNKNOWN_LINE) {
            return this;
        }
        TemplateException located = new TemplateException(problem, lineOfSource, reason);
        located.setStackTrace(getStackTrace());
        return located;
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
