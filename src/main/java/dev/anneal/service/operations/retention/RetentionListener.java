package dev.anneal.service.operations.retention;

/** Told of what is deleted because of its age, and of what is not for caution, by the process that does it. */
@FunctionalInterface
public interface RetentionListener {

    void removed(Kind kind, long bytes);

    /** A sweep deleted no orphans, or no further ones, because the store is not this installation's. */
    default void refused() {}

    /** What is deleted. */
    enum Kind {
        /** A checkpoint that is not the newest of its job. */
        CHECKPOINT,
        /** An export that is complete. */
        EXPORT,
        /** The optimizer's state in a checkpoint that is not the newest of its job. */
        TRAINING_STATE,
        /** What no row names. */
        ORPHAN
    }
}
