package dev.anneal.service.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collection;

/**
 * Files and folders by key: uploads, results, attempts, exports. A file is there completely or not at all. Failures of the store are
 * {@link StorageException}s; an {@link IOException} always comes from the other side of a stream.
 */
public interface ArtifactStore {

    /**
     * Stores what {@code content} holds up to its end, hashing it on the way. Memory does not grow with the size.
     *
     * @param maxBytes content beyond this is refused as {@link StorageException.Kind#TOO_LARGE}
     * @throws IOException when reading {@code content} fails; nothing is stored then
     */
    StoredContent write(ArtifactKey key, InputStream content, long maxBytes) throws IOException;

    /** Bytes of the file. */
    long size(ArtifactKey key);

    /** The file from {@code offset} on. The caller closes it. */
    InputStream open(ArtifactKey key, long offset);

    /** Deletes a file, or a folder with all that is in it. Nothing there is fine. */
    void delete(ArtifactKey key);

    /**
     * Deletes what lies directly in a folder, and the folder if nothing is left in it. No folder is fine.
     *
     * @param prefix only names that begin so, also behind the dot with which processes name what is not complete yet
     * @param kept keys that stay
     */
    void deleteWithin(ArtifactKey folder, String prefix, Collection<ArtifactKey> kept);

    /**
     * A folder of this machine for an engine process to write to; made when it is not there, kept with its content when it is. What is
     * written counts as stored once {@link #publish} has returned.
     */
    Path localFolder(ArtifactKey key);

    /** Makes what a process wrote to {@link #localFolder} durable, and visible on the other machines. */
    void publish(ArtifactKey key);

    /** A file or published folder as a path of this machine for an engine process to read. */
    Path localCopy(ArtifactKey key);
}
