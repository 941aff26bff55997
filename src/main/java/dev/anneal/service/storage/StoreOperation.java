package dev.anneal.service.storage;

/** What a store is asked to do, as its meters tell it. */
public enum StoreOperation {
    /** A file is stored from a stream. */
    WRITE,
    /** A file is opened, or its size looked up. */
    READ,
    /** A folder of this machine is made visible to the others. */
    PUBLISH,
    /** A file or folder is brought to this machine. */
    FETCH,
    /** A file or folder is deleted. */
    DELETE,
    /** The keys are listed. */
    LIST
}
