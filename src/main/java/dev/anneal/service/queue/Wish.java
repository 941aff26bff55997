package dev.anneal.service.queue;

/** What a client wants of running work; the worker learns it from its next heartbeat. */
public enum Wish {
    /** Stop for good, keeping a checkpoint. */
    CANCEL,
    /** Save a checkpoint and free the slot. */
    PAUSE
}
