package dev.anneal.service.storage;

import java.time.Duration;

/** Told of every operation of the store. Implemented by the module that counts, which this one does not know. */
public interface StoreListener {

    /** @param failed whether the store itself is to blame: not for a missing file, nor for content that is too large */
    void done(StoreOperation operation, Duration took, boolean failed);
}
