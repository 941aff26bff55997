package dev.anneal.service.worker.assignment;

import dev.anneal.service.queue.WorkError;
import dev.anneal.service.storage.StorageException;
import org.jspecify.annotations.Nullable;

/** An attempt cannot begin, or cannot store its output; the error says whether a retry may succeed. */
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

    /** A failure of the store. Its own message may contain paths of this machine, so clients get another one. */
    static AssignmentException of(StorageException failure) {
        return new AssignmentException(
                switch (failure.kind()) {
                    case FULL -> WorkError.ofEnvironment("storage_full", "The artifact store has no space left.");
                    case ABSENT ->
                        WorkError.ofEnvironment(
                                "storage_failed", "The artifact store is missing; its disk may not be mounted.");
                    case NOT_FOUND ->
                        WorkError.ofEnvironment("artifact_not_available", String.valueOf(failure.getMessage()));
                    case TOO_LARGE, FAILED ->
                        WorkError.ofEnvironment("storage_failed", "The artifact store cannot be read or written.");
                },
                failure);
    }

    /** The process ended successfully without a result. */
    public static AssignmentException ofMissingResult() {
        WorkError error = WorkError.ofSystem(
                "result_missing", "The engine process ended successfully without a readable result.");
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
