package dev.anneal.service.worker;

import dev.anneal.engine.format.file.DiskFull;
import dev.anneal.service.inference.grader.SealedHeadersException;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.worker.assignment.AssignmentException;
import dev.anneal.service.worker.watch.DiskFaults;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Errors of attempts that failed outside the engine. */
final class AttemptErrors {

    private AttemptErrors() {}

    /** The error for clients of a failure outside the engine; only the log has details, which may contain paths. */
    static WorkError of(Throwable failure) {
        if (failure instanceof AssignmentException known) {
            return known.error();
        }
        if (failure instanceof MemberException member) {
            return member.error();
        }
        Throwable cause = failure instanceof UncheckedIOException ? failure.getCause() : failure;
        if (cause instanceof IOException io && DiskFull.isCauseOf(io)) {
            return DiskFaults.FULL;
        }
        return failure instanceof SealedHeadersException
                ? WorkError.ofSystem(
                        "grader_headers_not_opened",
                        "The worker cannot open the headers that the grader sends; its log says why. Workers need the"
                                + " keys of the processes with the role api (anneal.secrets.keys).")
                : WorkError.ofSystem(
                        "worker_failed",
                        "The attempt failed in its worker, whose log says why (%s)."
                                .formatted(failure.getClass().getSimpleName()));
    }
}
