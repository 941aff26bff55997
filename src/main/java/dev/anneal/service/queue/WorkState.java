package dev.anneal.service.queue;

import dev.anneal.protocol.WireName;

/** Where a work item is in its life. */
public enum WorkState implements WireName {
    /** Its input is being examined; {@link WorkQueue#ready} or {@link WorkQueue#reject} ends this. */
    VALIDATING,
    /** A worker may claim it. */
    QUEUED,
    /** Held by its client's wish until {@link WorkQueue#resume}. */
    PAUSED,
    /** A worker holds a lease on it. */
    RUNNING,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    /** Whether nothing can change it any more. */
    public boolean isFinal() {
        return switch (this) {
            case VALIDATING, QUEUED, PAUSED, RUNNING -> false;
            case SUCCEEDED, FAILED, CANCELLED -> true;
        };
    }
}
