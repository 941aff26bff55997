package dev.anneal.service.storage.s3;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.Folders;
import dev.anneal.engine.format.file.PrivateFiles;
import dev.anneal.engine.format.file.Sha256;
import dev.anneal.service.platform.startup.StartRefusedException;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.DirectoryArtifactStore;
import dev.anneal.service.storage.LocalCopy;
import dev.anneal.service.storage.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of stored files and folders on this machine, shared by its processes. Each is created once, checked, and
 * renamed into place. If the cache is too large, the least recently used entries are removed; entries in use stay, so
 * together they may exceed the limit.
 */
final class LocalCache {

    private static final Logger LOG = LoggerFactory.getLogger(LocalCache.class);
    private static final int NAME_DIGITS = 32;

    private final Path entries;
    private final Path temporary;
    private final long maxBytes;
    private final Clock clock;
    private final CacheLocks locks;

    LocalCache(Path root, long maxBytes, Clock clock) {
        this.entries = root.resolve("entries");
        this.temporary = root.resolve("temporary");
        this.maxBytes = maxBytes;
        this.clock = clock;
        try {
            PrivateFiles.createFolders(entries);
            PrivateFiles.createFolders(temporary);
            PrivateFiles.createFolders(root.resolve("work"));
            this.locks = new CacheLocks(root.resolve("locks"));
        } catch (IOException e) {
            throw new StartRefusedException(
                    "anneal.storage.cache.directory is not a writable folder: " + root,
                    "Set anneal.storage.cache.directory to a folder on a local disk that this process may write to.",
                    e);
        }
    }

    /** Looks up the content of a missing entry. */
    interface Contents {

        FolderIndex find() throws IOException;
    }

    /** Writes an entry to a path that does not exist, checked and durable. */
    interface Download {

        void write(ArtifactKey key, FolderIndex contents, Path target, Runnable betweenParts) throws IOException;
    }

    /**
     * Returns the entry, downloading it if it is missing. It stays until the copy is closed.
     *
     * @param betweenParts called regularly during the download, also by another process; may throw to abandon it
     */
    LocalCopy copy(ArtifactKey key, Contents contents, Download download, Runnable betweenParts) {
        Path path = path(key);
        try {
            while (true) {
                FileLock lock = locks.shared(lockOf(DurableFiles.parentOf(path)), betweenParts);
                if (Files.exists(path)) {
                    touch(path);
                    return new LocalCopy(path, () -> release(lock));
                }
                lock.release();
                make(key, path, contents, download, betweenParts);
            }
        } catch (IOException e) {
            throw StorageException.of("bring to this machine", key, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(
                    StorageException.Kind.FAILED, "bringing '" + key + "' to this machine was interrupted", e);
        }
    }

    private static void release(FileLock lock) {
        try {
            lock.release();
        } catch (IOException closed) {
            LOG.debug("The lock was deleted with its file", closed);
        }
    }

    private void make(ArtifactKey key, Path path, Contents contents, Download download, Runnable betweenParts)
            throws IOException, InterruptedException {
        BooleanSupplier isMade = () -> {
            betweenParts.run();
            return Files.exists(path);
        };
        FileLock alone = locks.aloneUnless(isMade, lockOf(DurableFiles.parentOf(path)));
        if (alone == null) {
            return;
        }
        Path partial = temporary.resolve(UUID.randomUUID().toString());
        try (alone) {
            if (!Files.exists(path)) {
                FolderIndex found = contents.find();
                makeRoom(found.bytes());
                download.write(key, found, partial, betweenParts);
                PrivateFiles.createFolders(DurableFiles.parentOf(path));
                DurableFiles.rename(partial, path);
            }
        } finally {
            Folders.delete(partial);
        }
    }

    /** Turns a finished folder of this machine into an entry. */
    void adopt(ArtifactKey key, Path folder) throws IOException, InterruptedException {
        Path path = path(key);
        FileLock alone = locks.aloneUnless(() -> Files.exists(path), lockOf(DurableFiles.parentOf(path)));
        if (alone == null) {
            Folders.delete(folder);
            return;
        }
        try (alone) {
            Folders.delete(path);
            makeRoom(bytesOf(folder));
            PrivateFiles.createFolders(DurableFiles.parentOf(path));
            DurableFiles.rename(folder, path);
            touch(path);
        }
    }

    /** Removes an entry whose original was deleted. An entry in use is removed later, like others. */
    void forget(ArtifactKey key) throws IOException {
        Path path = path(key);
        if (Files.exists(path)) {
            remove(DurableFiles.parentOf(path));
        }
    }

    private synchronized void makeRoom(long bytes) throws IOException {
        List<Entry> found = entries();
        long taken = found.stream().mapToLong(Entry::bytes).sum();
        for (Entry each : found) {
            if (taken + bytes <= maxBytes) {
                return;
            }
            if (remove(each.folder())) {
                taken -= each.bytes();
            }
        }
        if (taken + bytes > maxBytes) {
            LOG.warn(
                    "{} bytes are added to {} bytes in use in {}, which together exceed anneal.storage.cache.max-size"
                            + " ({} bytes)",
                    bytes,
                    taken,
                    entries,
                    maxBytes);
        }
    }

    private boolean remove(Path folder) throws IOException {
        FileLock alone = locks.tryAlone(lockOf(folder));
        if (alone == null) {
            return false;
        }
        try (alone) {
            Path aside = temporary.resolve(UUID.randomUUID().toString());
            DurableFiles.rename(folder, aside);
            Folders.delete(aside);
            return true;
        } catch (NoSuchFileException gone) {
            return true;
        }
    }

    /**
     * @param folder folder of the copy; its time is that of the last use
     */
    private record Entry(Path folder, long bytes, FileTime usedAt) {}

    /** Least recently used first. */
    private List<Entry> entries() throws IOException {
        List<Entry> found = new ArrayList<>();
        for (Path folder : DirectoryArtifactStore.childrenOf(entries)) {
            try {
                found.add(new Entry(folder, bytesOf(folder), Files.getLastModifiedTime(folder)));
            } catch (NoSuchFileException | UncheckedIOException gone) {
                // Another process has removed it meanwhile.
            }
        }
        found.sort(Comparator.comparing(Entry::usedAt));
        return found;
    }

    /** Removes unfinished entries of processes that died. */
    void deleteAbandoned(Instant time) throws IOException {
        DirectoryArtifactStore.deleteOlder(temporary, time);
    }

    private static long bytesOf(Path folder) throws IOException {
        long bytes = 0;
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(path);
            }
        }
        return bytes;
    }

    private void touch(Path path) throws IOException {
        Files.setLastModifiedTime(DurableFiles.parentOf(path), FileTime.from(clock.instant()));
    }

    /** {@code entries/<hash of the key>/<last segment of the key>}. */
    private Path path(ArtifactKey key) {
        return entries.resolve(hash(key)).resolve(key.name());
    }

    private static String hash(ArtifactKey key) {
        return Sha256.ofText(key.value()).substring(0, NAME_DIGITS);
    }

    /** 40 bits of the hash that names the folder. */
    private static long lockOf(Path folder) {
        return Long.parseLong(String.valueOf(folder.getFileName()).substring(0, 10), 16);
    }
}
