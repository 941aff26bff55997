package dev.anneal.engine.format.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes that survive a power loss completely or not at all. A new file is durable only once its folder is forced as
 * well.
 */
public final class DurableFiles {

    /** More than the unused rest of a block. */
    private static final int PROBE_BYTES = 1 << 16;

    private DurableFiles() {}

    /** Writes a new file, and waits until its content is on disk. */
    public static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = PrivateFiles.create(file)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** Writes a file to a folder and deletes it: fails if that is impossible, also for lack of space. */
    public static void probe(Path folder) throws IOException {
        Path file = folder.resolve(".probe-" + UUID.randomUUID());
        try {
            write(file, new byte[PROBE_BYTES]);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Copies only the content: the copy is writable even if the original is not. */
    public static void copyContent(Path source, Path target) throws IOException {
        try (InputStream content = Files.newInputStream(source);
                OutputStream copy = Channels.newOutputStream(PrivateFiles.create(target))) {
            content.transferTo(copy);
        }
    }

    /** Waits until a file's content is on disk. */
    public static void force(Path file) throws IOException {
        force(file, StandardOpenOption.WRITE);
    }

    /** Waits until a folder's entries are on disk, but not its files' content. */
    public static void forceFolder(Path folder) throws IOException {
        force(folder, StandardOpenOption.READ);
    }

    private static void force(Path path, StandardOpenOption mode) throws IOException {
        try (FileChannel channel = FileChannel.open(path, mode)) {
            channel.force(true);
        }
    }

    /**
     * Renames a file or folder atomically, and waits until the name is on disk.
     *
     * @param to on the same file system; a file of this name is replaced, a folder must be empty
     */
    public static void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("the file system of " + to + " cannot rename atomically", e);
        }
        forceFolder(parentOf(to));
    }

    /** The folder that holds a file or folder. */
    public static Path parentOf(Path path) {
        return path.toAbsolutePath().resolveSibling(".").normalize();
    }
}
