package dev.anneal.service.storage.s3;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.Folders;
import dev.anneal.engine.format.file.Sha256;
import dev.anneal.service.platform.startup.StartRefusedException;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.LocalCopy;
import dev.anneal.service.storage.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of stored files and folders on this machine, shared by its processes. Each is made once, checked, and appears under its name in one step. When there
 * are too many bytes those go that were not used for longest; what is in use stays, so the bound may be exceeded by what is in use together.
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
            Files.createDirectories(entries);
            Files.createDirectories(temporary);
            this.locks = new CacheLocks(root.resolve("locks"));
        } catch (IOException e) {
            throw new StartRefusedException(
                    "anneal.storage.cache.directory is not a writable folder: " + root,
                    "Set anneal.storage.cache.directory to a folder on a local disk that this process may write to.",
                    e);
        }
    }

    /** How an entry is made. */
    interface Source {

        /** Bytes that it will have. */
        long bytes();

        /** Writes it to a path that does not exist, checked and durable. */
        void write(Path target) throws IOException;
    }

    /** Finds out how an entry is made, when there is none yet. */
    interface Sources {

        Source find() throws IOException;
    }

    /** The entry, which is made unless it is there. It stays until the copy is closed. */
    LocalCopy copy(ArtifactKey key, Sources sources) {
        Path path = path(key);
        try {
            while (true) {
                CacheLocks.Hold hold = locks.shared(lockOf(key));
                if (Files.exists(path)) {
                    touch(path);
                    return new LocalCopy(path, hold::close);
                }
                hold.close();
                make(key, path, sources);
            }
        } catch (IOException e) {
            throw StorageException.of("bring to this machine", key, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(
                    StorageException.Kind.FAILED, "bringing '" + key + "' to this machine was interrupted", e);
        }
    }

    private void make(ArtifactKey key, Path path, Sources sources) throws IOException, InterruptedException {
        Optional<CacheLocks.Hold> alone = locks.aloneUnless(() -> Files.exists(path), lockOf(key));
        if (alone.isEmpty()) {
            return;
        }
        CacheLocks.Hold hold = alone.get();
        try (hold) {
            if (!Files.exists(path)) {
                make(path, sources.find());
            }
        }
    }

    private void make(Path path, Source source) throws IOException {
        makeRoom(source.bytes());
        Path partial = temporary.resolve(UUID.randomUUID().toString());
        try {
            source.write(partial);
            Files.createDirectories(DurableFiles.parentOf(path));
            DurableFiles.rename(partial, path);
        } finally {
            Folders.delete(partial);
        }
    }

    /** Makes a folder of this machine the entry, which nobody writes to any more. */
    void adopt(ArtifactKey key, Path folder) throws IOException, InterruptedException {
        Path path = path(key);
        Optional<CacheLocks.Hold> alone = locks.aloneUnless(() -> Files.exists(path), lockOf(key));
        if (alone.isEmpty()) {
            Folders.delete(folder);
            return;
        }
        CacheLocks.Hold hold = alone.get();
        try (hold) {
            Folders.delete(path);
            makeRoom(bytesOf(folder));
            Files.createDirectories(DurableFiles.parentOf(path));
            DurableFiles.rename(folder, path);
            touch(path);
        }
    }

    /** Removes an entry that is stored no more, unless it is in use; then it goes like the others. */
    void forget(ArtifactKey key) throws IOException {
        Path path = path(key);
        if (Files.exists(path)) {
            remove(DurableFiles.parentOf(path), lockOf(key));
        }
    }

    private synchronized void makeRoom(long bytes) throws IOException {
        List<Entry> found = entries();
        long taken = found.stream().mapToLong(Entry::bytes).sum();
        for (Entry each : found) {
            if (taken + bytes <= maxBytes) {
                return;
            }
            if (remove(each.folder(), Long.parseUnsignedLong(lockDigits(each.folder()), 16))) {
                taken -= each.bytes();
            }
        }
        if (taken + bytes > maxBytes) {
            LOG.warn(
                    "{} bytes come to the {} that are in use in {}, which is more than anneal.storage.cache.max-size ({} bytes)",
                    bytes,
                    taken,
                    entries,
                    maxBytes);
        }
    }

    private boolean remove(Path folder, long lock) throws IOException {
        Optional<CacheLocks.Hold> alone = locks.tryAlone(lock);
        if (alone.isEmpty()) {
            return false;
        }
        CacheLocks.Hold hold = alone.get();
        try (hold) {
            Path aside = temporary.resolve(UUID.randomUUID().toString());
            DurableFiles.rename(folder, aside);
            Folders.delete(aside);
            return true;
        } catch (NoSuchFileException gone) {
            return true;
        }
    }

    /** @param folder holds the copy alone; its time is that of the last use */
    private record Entry(Path folder, long bytes, FileTime usedAt) {}

    /** The one that was not used for longest comes first. */
    private List<Entry> entries() throws IOException {
        List<Entry> found = new ArrayList<>();
        for (Path folder : children(entries)) {
            try {
                found.add(new Entry(folder, bytesOf(folder), Files.getLastModifiedTime(folder)));
            } catch (NoSuchFileException | UncheckedIOException gone) {
                // Another process has removed it meanwhile.
            }
        }
        found.sort(Comparator.comparing(Entry::usedAt));
        return found;
    }

    /** Removes what processes were making that have died. */
    void deleteAbandoned(Instant time) throws IOException {
        for (Path path : children(temporary)) {
            try {
                if (Files.getLastModifiedTime(path).toInstant().isBefore(time)) {
                    Folders.delete(path);
                }
            } catch (NoSuchFileException gone) {
                // Its process has completed it meanwhile.
            }
        }
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        }
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

    private static long lockOf(ArtifactKey key) {
        return Long.parseUnsignedLong(lockDigits(Path.of(hash(key))), 16);
    }

    /** 60 bits: a position in a file is not negative. */
    private static String lockDigits(Path folder) {
        return String.valueOf(folder.getFileName()).substring(0, 15);
    }
}
