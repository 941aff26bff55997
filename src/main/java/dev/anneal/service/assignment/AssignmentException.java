package dev.anneal.service.assignment;

import dev.anneal.service.queue.WorkError;
import dev.anneal.service.storage.StorageException;

/** An attempt cannot begin or not keep what it has made; the error says whether another could. */
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

    /** The store has refused. Its own words may hold paths of this machine, so clients get others. */
    static AssignmentException of(StorageException failure) {
        boolean full = failure.kind() == StorageException.Kind.FULL;
        return new AssignmentException(
                full
                        ? WorkError.ofSystem("storage_full", "The artifact store has no room left.")
                        : WorkError.ofSystem(
                                "storage_failed", "The artifact store did not keep what the attempt has made."),
                failure);
    }

    /** The process has ended as if all were done. */
    static AssignmentException ofMissingResult() {
        return new AssignmentException(WorkError.ofSystem(
                "result_missing", "The engine process has ended well without a result that could be read."));
    }

    public WorkError error() {
        return error;
    }
}
