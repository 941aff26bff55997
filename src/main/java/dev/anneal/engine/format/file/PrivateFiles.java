package dev.anneal.engine.format.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * New files and folders that only the user of this process may access, whatever the umask. Existing folders keep their
 * modes.
 */
public final class PrivateFiles {

    private static final FileAttribute<Set<PosixFilePermission>> FOLDER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private PrivateFiles() {}

    /** Creates a folder and those above it, unless they exist. */
    public static Path createFolders(Path folder) throws IOException {
        // Unlike createDirectories, a link to a folder is one.
        return Files.isDirectory(folder) ? folder : Files.createDirectories(folder, FOLDER);
    }

    /** Creates a folder that must not exist. */
    public static Path createFolder(Path folder) throws IOException {
        return Files.createDirectory(folder, FOLDER);
    }

    /** Opens a file for writing, which is created unless it exists. */
    public static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), FILE);
    }

    /** Writes a file, whose earlier content is lost. */
    public static void write(Path file, String content) throws IOException {
        try (FileChannel channel = open(file);
                OutputStream out = Channels.newOutputStream(channel.truncate(0))) {
            out.write(content.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Creates a file that must not exist, for writing. */
    public static FileChannel create(Path file) throws IOException {
        return FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), FILE);
    }
}
