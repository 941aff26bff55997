package dev.anneal.service.worker.assignment;

import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Claim;
import java.util.Set;

/** Turns claims into what an engine process is to do. */
public interface Assignments {

    /** Methods of work that this version can do; other work is left to other workers. */
    Set<String> methods(Slot slot);

    /**
     * Prepares an attempt: reads its records and brings its inputs to this machine.
     *
     * @param device {@code cpu} or {@code cuda:N}
     * @param inputs takes what is brought, to be closed when the attempt has ended
     * @throws AssignmentException if the work cannot be done, or is no longer wanted
     */
    Assignment prepare(Claim claim, String device, AttemptInputs inputs);

    /** Writes that an attempt has failed before it began, within the transaction that ends it. */
    void refused(Claim claim, WorkError error);

    /** Writes to queued work that no worker can take at present what it waits for. */
    void tellHeldUp();

    /** Writes that an attempt was given back before it began, within the transaction that does it. */
    void givenBack(Claim claim);
}
