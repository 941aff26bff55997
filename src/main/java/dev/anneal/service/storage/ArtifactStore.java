package dev.anneal.service.storage;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Files and folders by key: uploads, results, attempts, exports. A file is visible only once it is complete. Failures
 * of the store are {@link StorageException}s; an {@link IOException} always comes from the other end of a stream.
 */
public interface ArtifactStore extends AutoCloseable {

    /**
     * Stores all of {@code content} and hashes it. Memory use does not depend on the size.
     *
     * @param maxBytes larger content is refused as {@link StorageException.Reason#TOO_LARGE}
     * @throws IOException when reading {@code content} fails; nothing is stored then
     */
    StoredContent write(ArtifactKey key, InputStream content, long maxBytes) throws IOException;

    /** Bytes of the file. */
    long size(ArtifactKey key);

    /** The file from {@code offset} on; empty if it is shorter. The caller closes it. */
    InputStream open(ArtifactKey key, long offset);

    /**
     * An address at which anybody can read the file for a few minutes, if this store gives out addresses. The caller
     * has checked that the client may read the file.
     *
     * @param contentDisposition header of the answer at that address
     */
    Optional<URI> downloadAddress(ArtifactKey key, String contentDisposition);

    /** Deletes a file, or a folder with its content. Does nothing if it does not exist. */
    void delete(ArtifactKey key);

    /**
     * Deletes a file of a published folder, which stays published without it. Does nothing if folder or file do not
     * exist.
     */
    void deleteFrom(ArtifactKey folder, String name);

    /**
     * Deletes files and folders directly in a folder, and the folder if it is empty then. Does nothing if it does not
     * exist.
     *
     * @param prefix only names with this prefix, also after the leading dot of incomplete files
     * @param kept keys that stay
     */
    void deleteWithin(ArtifactKey folder, String prefix, Collection<ArtifactKey> kept);

    /**
     * A folder of this machine for an engine process to write to; created if it does not exist, otherwise unchanged.
     * Its files are stored once {@link #publish} has returned.
     */
    Path localFolder(ArtifactKey key);

    /**
     * Makes the content of {@link #localFolder} durable, and visible on other machines, all or nothing. It must be
     * complete and no longer change. Safe to repeat.
     *
     * @param betweenParts called on this thread after every few megabytes; may throw to abandon the transfer
     */
    void publish(ArtifactKey key, Runnable betweenParts);

    /** Likewise, to the end. */
    default void publish(ArtifactKey key) {
        publish(key, () -> {});
    }

    /**
     * A published folder on this machine for an engine process to read. The caller closes it after the last read.
     *
     * @param betweenParts as for {@link #publish}; also called while another process transfers the folder
     */
    LocalCopy localCopy(ArtifactKey key, Runnable betweenParts);

    /** Likewise, to the end. */
    default LocalCopy localCopy(ArtifactKey key) {
        return localCopy(key, () -> {});
    }

    /**
     * A file on this machine for an engine process to read. The caller closes it after the last read.
     *
     * @param sha256 of its content when it was written
     * @param betweenParts as for {@link #localCopy}
     */
    LocalCopy localFile(ArtifactKey key, String sha256, Runnable betweenParts);

    /** Likewise, to the end. */
    default LocalCopy localFile(ArtifactKey key, String sha256) {
        return localFile(key, sha256, () -> {});
    }

    /** Visits every complete file, in no particular order. */
    void list(Consumer<Entry> visitor);

    /**
     * Deletes remains of processes that died while they wrote, if they are from before {@code time}. No row or key
     * refers to them.
     */
    void deleteAbandoned(Instant time);

    /** The file that says which installation owns the store. */
    StoreMarker marker();

    /**
     * Called once the store belongs to this process's installation. From then on operations fail as
     * {@link StorageException.Reason#ABSENT} while there is an objection.
     *
     * @param objection why the store no longer belongs to the installation; empty while it does
     */
    default void claimed(Supplier<Optional<String>> objection) {}

    /** Checks that the store answers and accepts writes. */
    void check();

    /** Closes threads and connections. */
    @Override
    default void close() {}

    /**
     * A file of the store.
     *
     * @param key key of the file, or of the folder that contains it
     * @param writtenAt time of the last write
     */
    record Entry(ArtifactKey key, Instant writtenAt, long bytes) {}
}
