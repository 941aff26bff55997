package dev.anneal.engine.run.evaluate;

/** A grader came to no verdict about any completion, so that there is nothing to report. The message says why. */
public final class GraderFailedException extends RuntimeException {

    private final boolean mayPass;

    GraderFailedException(String message, boolean mayPass) {
        super(message);
        this.mayPass = mayPass;
    }

    /** Whether it failed because somebody whom it asks did not answer; else grading again comes to the same. */
    public boolean mayPass() {
        return mayPass;
    }
}
