package dev.anneal.service.platform.cache;

import dev.anneal.engine.format.file.Folders;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder in which engine processes unpack their native libraries: one folder for each library, with a subfolder for
 * each version, which appears atomically. Engine processes do not check that an existing version is complete.
 */
final class NativeLibraries {

    private static final Logger LOG = LoggerFactory.getLogger(NativeLibraries.class);

    /** Much longer than an engine process takes to unpack a library. */
    private static final Duration UNPACKING = Duration.ofHours(1);

    private NativeLibraries() {}

    /** Removes partly unpacked versions of killed processes, and versions with missing files. */
    static void tidy(Path directory) throws IOException {
        try (DirectoryStream<Path> libraries = Files.newDirectoryStream(directory, Files::isDirectory)) {
            for (Path library : libraries) {
                try (DirectoryStream<Path> versions = Files.newDirectoryStream(library, Files::isDirectory)) {
                    for (Path version : versions) {
                        tidyVersion(version);
                    }
                }
            }
        }
    }

    private static void tidyVersion(Path version) throws IOException {
        boolean isUnfinished = String.valueOf(version.getFileName()).startsWith("tmp");
        if (isUnfinished && isOld(version)) {
            Folders.delete(version);
        } else if (!isUnfinished && !Contents.areListed(version)) {
            Contents.of(version).write(version);
        } else if (!isUnfinished && !Contents.areComplete(version)) {
            LOG.warn("{} lacks some of its files; the next engine process unpacks it again", version);
            Folders.delete(version);
        }
    }

    private static boolean isOld(Path folder) throws IOException {
        return Files.getLastModifiedTime(folder)
                .toInstant()
                .isBefore(FolderCache.CLOCK.instant().minus(UNPACKING));
    }
}
