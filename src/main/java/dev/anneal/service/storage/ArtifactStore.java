package dev.anneal.service.storage;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Files and folders by key: uploads, results, attempts, exports. A file is there completely or not at all. Failures of the store are
 * {@link StorageException}s; an {@link IOException} always comes from the other side of a stream.
 */
public interface ArtifactStore extends AutoCloseable {

    /**
     * Stores what {@code content} holds up to its end, hashing it on the way. Memory does not grow with the size.
     *
     * @param maxBytes content beyond this is refused as {@link StorageException.Kind#TOO_LARGE}
     * @throws IOException when reading {@code content} fails; nothing is stored then
     */
    StoredContent write(ArtifactKey key, InputStream content, long maxBytes) throws IOException;

    /** Bytes of the file. */
    long size(ArtifactKey key);

    /** The file from {@code offset} on; nothing if it is not that long. The caller closes it. */
    InputStream open(ArtifactKey key, long offset);

    /**
     * An address at which anybody may read the file for a few minutes, if this store hands out such. Whoever asks has found out that the
     * client may read the file.
     *
     * @param contentDisposition header that the answer there is to have
     */
    Optional<URI> downloadAddress(ArtifactKey key, String contentDisposition);

    /** Deletes a file, or a folder with all that is in it. Nothing there is fine. */
    void delete(ArtifactKey key);

    /** Deletes a file of a published folder, which stays published without it. No such folder or file is fine. */
    void deleteFrom(ArtifactKey folder, String name);

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

    /**
     * Makes what a process wrote to {@link #localFolder} durable, and visible on the other machines: all of it or nothing. It is complete by
     * then and does not change any more. Safe to repeat.
     */
    void publish(ArtifactKey key);

    /** A published folder on this machine for an engine process to read. The caller closes it when nobody reads there any more. */
    LocalCopy localCopy(ArtifactKey key);

    /**
     * A file on this machine for an engine process to read. The caller closes it when nobody reads it any more.
     *
     * @param sha256 of its content, as it was when it was written
     */
    LocalCopy localFile(ArtifactKey key, String sha256);

    /** Shows every file that is stored, in no order; what processes have not completed is not among them. */
    void list(Consumer<Entry> visitor);

    /** Removes what processes left that died while they wrote, from before {@code time}; no row and no key names it. */
    void deleteAbandoned(Instant time);

    /** What says whose the store is. */
    StoreMarker marker();

    /**
     * Says that the store is this process's installation's. From then on everything fails as {@link StorageException.Kind#ABSENT} while the marker is not
     * there or names another one. Stores that a test makes on its own are never asked.
     *
     * @param isOurs whether a marker with this text names the installation
     */
    default void claimed(Predicate<String> isOurs) {}

    /** Finds out whether the store answers and takes something in. */
    void check();

    /** Gives up threads and connections. */
    @Override
    default void close() {}

    /**
     * A file of the store.
     *
     * @param key its own, or that of a folder which it is in
     * @param writtenAt when it was written last
     */
    record Entry(ArtifactKey key, Instant writtenAt, long bytes) {}
}
