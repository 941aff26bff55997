package dev.anneal.service.worker.assignment;

import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.service.queue.WorkError;
import java.util.List;

/** One attempt: what the engine is to do, and how its progress and result are kept for clients. */
public interface Assignment {

    /** What the engine process gets. */
    Task task();

    /** Names for the meters and the log. */
    Label label();

    /**
     * Makes what the engine has written durable before a row says that it exists; outside of any transaction. Safe to repeat.
     *
     * @param events what the process has said, oldest first
     * @throws AssignmentException if the artifact store refuses
     */
    void store(List<Progress> events);

    /** Writes what the process has said, within the transaction that has found the lease to hold. */
    default void write(List<Progress> events) {}

    /** What was written last is committed. */
    default void written() {}

    /**
     * Makes the result durable, outside of any transaction; called again if the store refuses or the end of the work could not be written after it.
     *
     * @throws AssignmentException if the artifact store refuses, or the process has told no result
     */
    void storeResult();

    /** Writes the result, within the transaction that ends the work. */
    void complete();

    /** Writes that the attempt has failed, within the transaction that ends it. */
    default void failed(WorkError error) {}

    /** Writes that the work was given back, within the transaction that does it. */
    default void givenBack() {}

    /**
     * What is being done.
     *
     * @param id id that clients know it by
     * @param model base model
     * @param isTraining whether it takes optimizer steps
     */
    record Label(String id, String model, String method, boolean isTraining) {}
}
