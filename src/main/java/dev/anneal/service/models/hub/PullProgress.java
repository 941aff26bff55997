package dev.anneal.service.models.hub;

import org.jspecify.annotations.Nullable;

/** Told how a pull goes; throwing ends it, with what has arrived kept. */
public interface PullProgress {

    /** What is meant, before anything is brought. */
    default void resolved(String sha, @Nullable String license) {}

    /** How much there is, and how much of it was there before. */
    void begins(long bytesTotal, long bytesDone) throws HubException;

    /** Called each second while nothing arrives: the Hub wants patience, or another process pulls. */
    void waits() throws HubException;

    /** @param bytes negative if they are thrown away */
    void arrived(long bytes) throws HubException;
}
