package dev.anneal.engine.run.evaluate;

/** A grader graded no completion at all. The message says why. */
public final class GraderFailedException extends RuntimeException {

    private final boolean mayPass;

    GraderFailedException(String message, boolean mayPass) {
        super(message);
        this.mayPass = mayPass;
    }

    /** Whether it failed because a model or endpoint did not answer, so that a retry may succeed. */
    public boolean mayPass() {
        return mayPass;
    }
}
