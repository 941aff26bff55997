package dev.anneal.service.worker.assignment;

import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.service.queue.WorkError;
import java.util.List;

/** One attempt: the engine's task, and how its progress and result are stored for clients. */
public interface Assignment {

    /** Task of the engine process. */
    Task task();

    /** Names for metrics and log. */
    Label label();

    /**
     * Makes output of the engine durable before rows refer to it, outside any transaction. Safe to repeat.
     *
     * @param events progress of the process, oldest first
     * @param betweenParts called during long transfers; may throw to abandon them
     * @throws AssignmentException if the artifact store fails
     */
    void store(List<Progress> events, Runnable betweenParts);

    /** Writes progress, within a transaction that has checked the lease. */
    default void write(List<Progress> events) {}

    /** Called when the last {@link #write} is committed. */
    default void written() {}

    /**
     * Makes the result durable, outside any transaction; called again if the store fails or the end of the work could
     * not be written.
     *
     * @param betweenParts as for {@link #store}
     * @throws AssignmentException if the artifact store fails, or the process has reported no result
     */
    void storeResult(Runnable betweenParts);

    /** Writes the result, within the transaction that ends the work. */
    void complete();

    /** Writes that the attempt has failed, within the transaction that ends it. */
    default void failed(WorkError error) {}

    /** Writes that the work was given back, within the transaction that gives it back. */
    default void givenBack() {}

    /**
     * Names of the work.
     *
     * @param id id for clients
     * @param model base model
     * @param isTraining whether it takes optimizer steps
     */
    record Label(String id, String model, String method, boolean isTraining) {}
}
