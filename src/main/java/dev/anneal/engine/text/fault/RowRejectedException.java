package dev.anneal.engine.text.fault;

/** A problem of a line. It has no stack trace, because there may be millions of invalid lines. */
public final class RowRejectedException extends Exception {

    private final transient RowProblem problem;

    RowRejectedException(RowProblem problem) {
        super(problem.toString(), null, false, false);
        this.problem = problem;
    }

    /** The problem of the line. */
    public RowProblem problem() {
        return problem;
    }
}
