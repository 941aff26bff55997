package dev.anneal.service.storage;

/** Operations of a store, as metrics report them. */
public enum StoreOperation {
    /** A file is stored from a stream. */
    WRITE,
    /** A file is opened, or its size looked up. */
    READ,
    /** A folder of this machine is published to the others. */
    PUBLISH,
    /** A file or folder is copied to this machine. */
    FETCH,
    /** A file or folder is deleted. */
    DELETE,
    /** The keys are listed. */
    LIST
}
