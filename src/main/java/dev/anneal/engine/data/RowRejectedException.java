package dev.anneal.engine.data;

/** Carries the problem of a line out of the parser. It has no stack trace: bad lines are ordinary input, and there may be millions. */
final class RowRejectedException extends Exception {

    private final transient RowProblem problem;

    RowRejectedException(RowProblem problem) {
        super(problem.toString(), null, false, false);
        this.problem = problem;
    }

    RowProblem problem() {
        return problem;
    }
}
