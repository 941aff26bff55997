package dev.anneal.service.queue;

import dev.anneal.protocol.WireName;

/** States of work items. */
public enum WorkState implements WireName {
    /** Its input is being validated, until {@link WorkQueue#ready} or {@link WorkQueue#reject}. */
    VALIDATING,
    /** A worker may claim it. */
    QUEUED,
    /** Paused by its client until {@link WorkQueue#resume}. */
    PAUSED,
    /** A worker holds a lease on it. */
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    /** Whether it can no longer change. */
    public boolean isFinal() {
        return switch (this) {
            case VALIDATING, QUEUED, PAUSED, RUNNING -> false;
            case SUCCEEDED, FAILED, CANCELLED -> true;
        };
    }
}
