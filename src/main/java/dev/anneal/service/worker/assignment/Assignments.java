package dev.anneal.service.worker.assignment;

import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Claim;
import java.util.Set;

/** Turns claims into tasks of engine processes. */
public interface Assignments {

    /** Methods that this version supports; other work is left to other workers. */
    Set<String> methods(Slot slot);

    /**
     * Prepares an attempt: reads its records and fetches its inputs to this machine.
     *
     * @param device {@code cpu} or {@code cuda:N}
     * @param inputs receives the fetched files, which are released when the attempt has ended
     * @throws AssignmentException if the work cannot be done, or is no longer wanted
     */
    Assignment prepare(Claim claim, String device, AttemptInputs inputs);

    /** Writes that an attempt failed before it began, within the transaction that ends it. */
    void refused(Claim claim, WorkError error);

    /** Writes to queued work that no worker can currently take why it waits. */
    void explainWaits();

    /** Writes that an attempt was given back before it began, within the transaction that gives it back. */
    void givenBack(Claim claim);
}
