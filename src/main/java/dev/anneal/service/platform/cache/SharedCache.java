package dev.anneal.service.platform.cache;

import dev.anneal.engine.format.file.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * A folder of unpacked programs and libraries, shared by all processes of a user. Each version has a folder, which
 * appears only once it is complete; a version with missing or short files is unpacked again. One folder is unpacked at
 * a time.
 */
public final class SharedCache {

    private static final Logger LOG = LoggerFactory.getLogger(SharedCache.class);

    /** Clock of file times. */
    static final Clock CLOCK = Clock.systemUTC();

    private static final Duration UNUSED = Duration.ofDays(30);

    /** Locks of folders that this process uses, held until it ends. */
    private static final Map<Path, FileChannel> USED = new HashMap<>();

    private final Path directory;

    /**
     * @param directory created when something is unpacked
     */
    public SharedCache(Path directory) {
        this.directory = directory.toAbsolutePath();
    }

    /** Fills a folder. */
    @FunctionalInterface
    public interface Unpacking {

        void into(Path folder) throws IOException;
    }

    /**
     * Removes incomplete versions from the folder in which engine processes unpack their native libraries, and returns
     * it.
     */
    public static Path nativeLibraries(Path folder) {
        synchronized (SharedCache.class) {
            try {
                PrivateFiles.createFolders(folder);
                try (FileChannel gate = open(folder.resolve(".unpacking.lock"))) {
                    Objects.requireNonNull(gate.lock());
                    NativeLibraries.tidy(folder);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(
                        ("Native libraries cannot be unpacked into %s (anneal.engine.cache-directory, or"
                                        + " anneal.cache-directory): %s")
                                .formatted(folder, e),
                        e);
            }
        }
        return folder;
    }

    /** Default folder in which engine processes unpack their native libraries. */
    public Path engine() {
        return directory.resolve("engine");
    }

    /**
     * A complete folder, which is kept until this process ends.
     *
     * @param kind kind of its content; when a version is unpacked, versions not used for a month are removed
     * @param version version of its content
     */
    public Path folder(String kind, String version, Unpacking content) {
        Path folder = directory.resolve(kind + "-" + version);
        // File locks belong to processes, not to threads.
        synchronized (SharedCache.class) {
            try {
                PrivateFiles.createFolders(directory);
                try (FileChannel gate = open(directory.resolve(".unpacking.lock"))) {
                    Objects.requireNonNull(gate.lock());
                    keep(folder);
                    if (!Contents.isComplete(folder)) {
                        replace(folder, content);
                        removeUnused(kind);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "%s cannot be unpacked into %s, which anneal.cache-directory may name: %s"
                                .formatted(kind, directory, e),
                        e);
            }
        }
        return folder;
    }

    /**
     * Closing any other channel of the file would end the lock, so the channel that holds it also writes the time of
     * use.
     */
    private static void keep(Path folder) throws IOException {
        Path file = lockOf(folder);
        FileChannel channel = USED.get(file);
        if (channel == null) {
            channel = open(file);
            Objects.requireNonNull(channel.lock(0, Long.MAX_VALUE, true));
            USED.put(file, channel);
        }
        channel.write(ByteBuffer.wrap(new byte[1]), 0);
    }

    private void replace(Path folder, Unpacking content) throws IOException {
        LOG.info("Unpacking {}, once for this version", folder);
        removeUnfinished();
        Path fresh = PrivateFiles.createFolder(unfinished());
        try {
            content.into(fresh);
            Contents.of(fresh).write(fresh);
        } catch (IOException | RuntimeException e) {
            FileSystemUtils.deleteRecursively(fresh);
            throw e;
        }
        if (Files.exists(folder)) {
            LOG.warn("{} lacks some of its files; it is unpacked again", folder);
            Files.move(folder, unfinished(), StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
        removeUnfinished();
    }

    private Path unfinished() {
        return directory.resolve(".unfinished-" + UUID.randomUUID());
    }

    /** Requires the lock on the cache, so that no other process is writing them. */
    private void removeUnfinished() throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(directory, ".unfinished-*")) {
            for (Path each : folders) {
                FileSystemUtils.deleteRecursively(each);
            }
        }
    }

    private void removeUnused(String kind) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(directory, kind + "-*")) {
            for (Path each : folders) {
                if (!USED.containsKey(lockOf(each)) && isUnused(each)) {
                    LOG.info("{} has not been used for {} days and is removed", each, UNUSED.toDays());
                    FileSystemUtils.deleteRecursively(each);
                    Files.deleteIfExists(lockOf(each));
                }
            }
        }
    }

    private static boolean isUnused(Path folder) throws IOException {
        try (FileChannel channel = open(lockOf(folder))) {
            return Files.getLastModifiedTime(lockOf(folder))
                            .toInstant()
                            .isBefore(CLOCK.instant().minus(UNUSED))
                    && channel.tryLock() != null;
        }
    }

    private static Path lockOf(Path folder) {
        return folder.resolveSibling("." + folder.getFileName() + ".lock");
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
}
