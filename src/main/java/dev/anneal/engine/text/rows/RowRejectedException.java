package dev.anneal.engine.text.rows;

/** Carries the problem of a line out of the parser. It has no stack trace: bad lines are ordinary input, and there may be millions. */
public final class RowRejectedException extends Exception {

    private final transient RowProblem problem;

    RowRejectedException(RowProblem problem) {
        super(problem.toString(), null, false, false);
        this.problem = problem;
    }

    /** What is wrong with the line. */
    public RowProblem problem() {
        return problem;
    }

    /** The same problem at another place. */
    public RowRejectedException at(Place place) {
        return place.reject(problem.reason(), problem.expected(), problem.found(), problem.remedy());
    }
}
