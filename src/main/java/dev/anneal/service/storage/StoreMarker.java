package dev.anneal.service.storage;

import java.util.Optional;

/** The file at the root of a store that names its owner. It has no key and is not listed. */
public interface StoreMarker {

    /** No key begins with a dot. */
    String NAME = ".installation.json";

    /** Size limit of a marker. */
    int MAX_BYTES = 4096;

    /** Location of the store for messages to operators, without secrets. */
    String place();

    /** Its content, if it is there. */
    Optional<String> read();

    /**
     * Writes it unless it exists. Servers without conditional writes keep the last one, so the caller reads the marker
     * afterwards.
     *
     * @param content with at most {@link #MAX_BYTES} bytes
     */
    void create(String content);

    /** Writes it, overwriting any other. */
    void replace(String content);
}
