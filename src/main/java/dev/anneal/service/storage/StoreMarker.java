package dev.anneal.service.storage;

import java.util.Optional;

/** The file at the root of a store that says whose the store is. No key leads to it and no list shows it. */
public interface StoreMarker {

    /** No key begins with a dot. */
    String NAME = ".installation.json";

    /** As much as is read of a marker. */
    int MAX_BYTES = 4096;

    /** Where the store is, in words for operators and without secrets. */
    String place();

    /** Its content, if it is there. */
    Optional<String> read();

    /**
     * Writes it unless it exists. Servers that cannot tell keep the last write, so the caller reads the marker afterwards.
     *
     * @param content with at most {@link #MAX_BYTES} bytes
     */
    void create(String content);

    /** Writes it, whatever is there. */
    void replace(String content);
}
