package dev.anneal.engine.evaluate;

/** A grader came to no verdict about any completion, so that there is nothing to report. The message says why. */
public final class GraderFailedException extends RuntimeException {

    GraderFailedException(String message) {
        super(message);
    }
}
