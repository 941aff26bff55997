package dev.anneal.service.worker.assignment;

import dev.anneal.service.queue.WorkError;
import dev.anneal.service.storage.StorageException;
import org.jspecify.annotations.Nullable;

/** An attempt cannot begin or not keep what it has made; the error says whether another could. */
public final class AssignmentException extends RuntimeException {

    private final transient WorkError error;
    private final boolean mayPass;

    public AssignmentException(WorkError error, Throwable cause) {
        this(error, cause, true);
    }

    public AssignmentException(WorkError error) {
        this(error, null, true);
    }

    private AssignmentException(WorkError error, @Nullable Throwable cause, boolean mayPass) {
        super(error.message(), cause);
        this.error = error;
        this.mayPass = mayPass;
    }

    /** The store has refused. What it says of its own failures may hold paths of this machine, so clients get other words. */
    static AssignmentException of(StorageException failure) {
        return new AssignmentException(
                switch (failure.kind()) {
                    case FULL -> WorkError.ofEnvironment("storage_full", "The artifact store has no room left.");
                    case ABSENT ->
                        WorkError.ofEnvironment(
                                "storage_failed", "The artifact store is not there; its disk may not be mounted.");
                    case NOT_FOUND ->
                        WorkError.ofEnvironment("artifact_not_available", String.valueOf(failure.getMessage()));
                    case TOO_LARGE, FAILED ->
                        WorkError.ofEnvironment("storage_failed", "The artifact store cannot be read or written.");
                },
                failure);
    }

    /** The process has ended as if all were done; it says nothing more. */
    public static AssignmentException ofMissingResult() {
        WorkError error = WorkError.ofSystem(
                "result_missing", "The engine process has ended well without a result that could be read.");
        return new AssignmentException(error, null, false);
    }

    public WorkError error() {
        return error;
    }

    /** Whether the same attempt may succeed a moment later. */
    public boolean mayPass() {
        return mayPass;
    }
}
