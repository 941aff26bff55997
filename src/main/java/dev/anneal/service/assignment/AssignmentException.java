package dev.anneal.service.assignment;

import dev.anneal.service.queue.WorkError;

/** An attempt cannot begin; the error says whether another could. */
public final class AssignmentException extends RuntimeException {

    private final transient WorkError error;

    public AssignmentException(WorkError error, Throwable cause) {
        super(error.message(), cause);
        this.error = error;
    }

    public AssignmentException(WorkError error) {
        super(error.message());
        this.error = error;
    }

    public WorkError error() {
        return error;
    }
}
