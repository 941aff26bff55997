package dev.anneal.service.queue;

/** A client's wish for running work, which the worker receives with its next heartbeat. */
public enum Wish {
    /** Stop for good, keeping a checkpoint. */
    CANCEL,
    /** Save a checkpoint and free the slot. */
    PAUSE
}
