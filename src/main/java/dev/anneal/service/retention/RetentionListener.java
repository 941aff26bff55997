package dev.anneal.service.retention;

/** Told of what is deleted because of its age, by the process that does it. */
@FunctionalInterface
public interface RetentionListener {

    void removed(Kind kind, long bytes);

    /** What is deleted. */
    enum Kind {
        /** A checkpoint that is not the newest of its job. */
        CHECKPOINT,
        /** An export that is complete. */
        EXPORT,
        /** What no row names. */
        ORPHAN
    }
}
