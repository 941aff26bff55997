package dev.anneal.engine.text.template;

import java.util.Locale;

/**
 * A template that cannot be compiled, or a rendering that was refused. The message names the line; it contains nothing
 * of the host.
 */
public final class TemplateException extends RuntimeException {

    /** Kinds of failures, by which callers decide whether the model or the row is at fault. */
    public enum Problem {
        /** The source is not a supported template. */
        SYNTAX,
        /** An expression has no value: undefined attribute, wrong type, unknown filter. */
        EVALUATION,
        /**
         * The template itself refused the conversation by {@code raise_exception}; the reason is its text, unchanged.
         */
        RAISED,
        /** Steps, output, recursion or the size of a value exceeded the limit. */
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
     * Fails an evaluation unless a condition holds.
     *
     * @param reason the reason as a format of {@code parts}
     */
    public static void check(boolean holds, String reason, Object... parts) {
        if (!holds) {
            throw evaluation(String.format(Locale.ROOT, reason, parts));
        }
    }

    /**
     * An unsupported feature of Jinja or Python, at a line that the evaluator will add.
     *
     * @param what name of the feature
     * @param remedy what the template can do instead
     */
    public static TemplateException unsupported(String what, String remedy) {
        return evaluation(what + " is not supported here: " + remedy);
    }

    /** An exceeded limit, at a line that the evaluator will add. */
    public static TemplateException budget(String reason) {
        return new TemplateException(Problem.BUDGET, UNKNOWN_LINE, reason);
    }

    /** The failure of {@code raise_exception(reason)}, at a line that the evaluator will add. */
    public static TemplateException raised(String reason) {
        return new TemplateException(Problem.RAISED, UNKNOWN_LINE, reason);
    }

    /** This failure with a line of the source, unless it already has one. */
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

    /** The reason, without the line. */
    public String reason() {
        return reason;
    }
}
