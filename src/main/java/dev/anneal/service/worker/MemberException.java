package dev.anneal.service.worker;

import dev.anneal.service.queue.WorkError;

/** Another worker of an attempt cannot take part in it; this worker's own environment is not in question. */
final class MemberException extends RuntimeException {

    private final transient WorkError error;

    MemberException(WorkError error) {
        super(error.message());
        this.error = error;
    }

    WorkError error() {
        return error;
    }
}
