package dev.anneal.service.storage;

import java.time.Duration;

/** Is told of every operation of the store. */
public interface StoreListener {

    /** @param failed whether the store itself is to blame: not for a missing file, nor for content that is too large */
    void done(StoreOperation operation, Duration took, boolean failed);
}
