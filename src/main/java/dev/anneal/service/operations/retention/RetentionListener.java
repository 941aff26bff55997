package dev.anneal.service.operations.retention;

/** Is called for each deletion because of age, and for each sweep that was refused, in the process that makes it. */
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
