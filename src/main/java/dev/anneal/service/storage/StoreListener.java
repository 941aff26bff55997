package dev.anneal.service.storage;

import java.time.Duration;

/** Called after every operation of the store. */
public interface StoreListener {

    /**
     * @param failed whether the store itself failed; false for a missing file and for content that is too large
     */
    void done(StoreOperation operation, Duration took, boolean failed);
}
