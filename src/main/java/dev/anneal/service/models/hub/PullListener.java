package dev.anneal.service.models.hub;

import org.jspecify.annotations.Nullable;

/**
 * Observes the pull of a model. Its methods return whether the model is still wanted; if not, the pull ends and
 * downloaded data is kept.
 */
public interface PullListener {

    /**
     * @param license license in the model's card; null if it names none
     */
    default void found(@Nullable String license) {}

    boolean arrived(long bytesDone, long bytesTotal);

    /** Called each second while nothing arrives: the Hub is busy, or another process downloads the same. */
    boolean waits();
}
