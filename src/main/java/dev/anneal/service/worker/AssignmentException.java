package dev.anneal.service.worker;

import dev.anneal.service.queue.WorkError;

/** An attempt cannot begin; the error says whether another could. */
final class AssignmentException extends RuntimeException {

    private final transient WorkError error;

    AssignmentException(WorkError error, Throwable cause) {
        super(error.message(), cause);
        this.error = error;
    }

    AssignmentException(WorkError error) {
        super(error.message());
        this.error = error;
    }

    WorkError error() {
        return error;
    }
}
