package dev.anneal.service.operations.retention;

/** Called for each deletion because of age and for each refused sweep, in the process that makes it. */
@FunctionalInterface
public interface RetentionListener {

    void removed(Deleted kind, long bytes);

    /** A sweep deleted no orphans, or no further ones, because the store is not this installation's. */
    default void refused() {}

    /** Kinds of deleted objects. */
    enum Deleted {
        /** A checkpoint that is not the newest of its job. */
        CHECKPOINT,
        /** A complete export. */
        EXPORT,
        /** The optimizer's state in a checkpoint that is not the newest of its job. */
        TRAINING_STATE,
        /** An object that no row refers to. */
        ORPHAN
    }
}
