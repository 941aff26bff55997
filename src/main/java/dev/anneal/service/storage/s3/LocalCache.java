package dev.anneal.service.storage.s3;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.Folders;
import dev.anneal.engine.format.file.PrivateFiles;
import dev.anneal.engine.format.file.Sha256;
import dev.anneal.service.platform.cache.FolderCache;
import dev.anneal.service.platform.startup.StartRefusedException;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.LocalCopy;
import dev.anneal.service.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of stored files and folders on this machine, shared by its processes. If the cache is too large, the least
 * recently used copies are removed; those in use stay, so together they may exceed the limit.
 */
final class LocalCache {

    private static final Logger LOG = LoggerFactory.getLogger(LocalCache.class);
    private static final int NAME_DIGITS = 32;

    private final Path directory;
    private final FolderCache folders;
    private final long maxBytes;

    LocalCache(Path root, long maxBytes) {
        this.directory = root.resolve("entries");
        this.folders = new FolderCache(directory);
        this.maxBytes = maxBytes;
        try {
            PrivateFiles.createFolders(directory);
            PrivateFiles.createFolders(root.resolve("work"));
        } catch (IOException e) {
            throw new StartRefusedException(
                    "anneal.storage.cache.directory is not a writable folder: " + root,
                    "Set anneal.storage.cache.directory to a folder on a local disk that this process may write to.",
                    e);
        }
    }

    /** Writes a copy to a path that does not exist, checked and durable. */
    interface Download {

        void to(Path path) throws IOException;
    }

    /**
     * Returns the copy, downloading it if it is missing. It stays until it is closed.
     *
     * @param download makes room before it writes
     * @param betweenParts called regularly while another process downloads; may throw to end the wait
     */
    LocalCopy copy(ArtifactKey key, Download download, Runnable betweenParts) {
        try {
            FolderCache.Use use =
                    folders.use(name(key), folder -> download.to(folder.resolve(key.name())), betweenParts);
            return new LocalCopy(use.folder().resolve(key.name()), use::close);
        } catch (IOException e) {
            throw StorageException.of("bring to this machine", key, e);
        }
    }

    /** Turns a finished folder of this machine into a copy. A copy in use is not replaced. */
    void adopt(ArtifactKey key, Path folder, long bytes) throws IOException {
        forget(key);
        Download move = copy -> {
            makeRoom(bytes);
            DurableFiles.rename(folder, copy);
        };
        copy(key, move, () -> {}).close();
        Folders.delete(folder);
    }

    /** Removes a copy whose original was deleted. A copy in use is removed later, like others. */
    void forget(ArtifactKey key) throws IOException {
        folders.remove(name(key));
    }

    /** Removes copies until another one of this size fits. */
    synchronized void makeRoom(long bytes) throws IOException {
        List<FolderCache.Entry> copies = folders.entries();
        long taken = copies.stream().mapToLong(FolderCache.Entry::bytes).sum();
        for (FolderCache.Entry each : copies) {
            if (taken + bytes <= maxBytes) {
                return;
            }
            if (folders.remove(each.name())) {
                taken -= each.bytes();
            }
        }
        if (taken + bytes > maxBytes) {
            LOG.warn(
                    "{} bytes are added to {} bytes in use in {}, which together exceed anneal.storage.cache.max-size"
                            + " ({} bytes)",
                    bytes,
                    taken,
                    directory,
                    maxBytes);
        }
    }

    /** Removes unfinished copies of processes that died. */
    void deleteAbandoned() throws IOException {
        folders.removeUnfinished();
    }

    private static String name(ArtifactKey key) {
        return Sha256.ofText(key.value()).substring(0, NAME_DIGITS);
    }
}
