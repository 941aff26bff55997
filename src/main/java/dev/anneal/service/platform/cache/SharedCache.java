package dev.anneal.service.platform.cache;

import dev.anneal.engine.format.file.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Unpacked programs and libraries, shared by all processes of a user. Each version has a folder. */
public final class SharedCache {

    private static final Logger LOG = LoggerFactory.getLogger(SharedCache.class);

    private static final Duration UNUSED = Duration.ofDays(30);

    /** Folders that this process uses, until it ends. */
    private static final Queue<FolderCache.Use> USED = new ConcurrentLinkedQueue<>();

    private final Path directory;
    private final FolderCache folders;

    /**
     * @param directory created when something is unpacked
     */
    public SharedCache(Path directory) {
        this.directory = directory.toAbsolutePath();
        this.folders = new FolderCache(directory);
    }

    /**
     * Removes incomplete versions from the folder in which engine processes unpack their native libraries, and returns
     * it.
     */
    public static Path nativeLibraries(Path folder) {
        try {
            PrivateFiles.createFolders(folder);
            FileLock alone = FileLocks.of(folder.resolve(".lock")).alone("tidy", () -> {});
            try (alone) {
                NativeLibraries.tidy(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    ("Native libraries cannot be unpacked into %s (anneal.engine.cache-directory, or"
                                    + " anneal.cache-directory): %s")
                            .formatted(folder, e),
                    e);
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
    public Path folder(String kind, String version, FolderCache.Content content) {
        try {
            FolderCache.Use use = folders.use(
                    kind + "-" + version,
                    folder -> {
                        LOG.info("Unpacking {} {} into {}, once for this version", kind, version, directory);
                        removeUnused(kind);
                        content.into(folder);
                    },
                    () -> {});
            USED.add(use);
            return use.folder();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "%s cannot be unpacked into %s, which anneal.cache-directory may name: %s"
                            .formatted(kind, directory, e),
                    e);
        }
    }

    private void removeUnused(String kind) throws IOException {
        Instant limit = FolderCache.CLOCK.instant().minus(UNUSED);
        for (FolderCache.Entry each : folders.entries()) {
            if (each.name().startsWith(kind + "-") && each.usedAt().isBefore(limit) && folders.remove(each.name())) {
                LOG.info("{} has not been used for {} days and is removed", each.name(), UNUSED.toDays());
            }
        }
    }
}
