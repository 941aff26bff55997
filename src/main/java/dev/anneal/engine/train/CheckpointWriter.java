package dev.anneal.engine.train;

import dev.anneal.engine.safetensors.FileHash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes checkpoint folders so that a folder under its own name is always complete: all files go into a hidden folder beside it, reach the
 * disk, and the folder is renamed.
 */
final class CheckpointWriter {

    private final Path attempt;

    CheckpointWriter(Path attempt) {
        this.attempt = attempt;
    }

    Path folderOf(int step) {
        return attempt.resolve("checkpoint-" + step);
    }

    /**
     * Writes {@code checkpoint-<step>}.
     *
     * @param files the files but for {@code state.json}
     * @param state what {@code state.json} holds, given the files' hashes
     * @return bytes of the folder
     * @throws TrainingException with {@code DISK_FULL} if there is no room; nothing of the folder is left then
     */
    long write(int step, List<Part> files, Function<Map<String, String>, CheckpointState> state) throws IOException {
        Path temporary = attempt.resolve(".checkpoint-" + step + ".tmp");
        try {
            delete(temporary);
            Files.createDirectories(temporary);
            Map<String, String> hashes = new TreeMap<>();
            for (Part file : files) {
                Path path = temporary.resolve(file.name());
                file.content().writeTo(path);
                hashes.put(file.name(), FileHash.of(path));
            }
            writeDurably(temporary.resolve(Checkpoint.STATE), Checkpoint.JSON.writeValueAsBytes(state.apply(hashes)));
            long bytes = sizeOf(temporary);
            delete(folderOf(step));
            Files.move(temporary, folderOf(step), StandardCopyOption.ATOMIC_MOVE);
            forceFolder(attempt);
            return bytes;
        } catch (IOException e) {
            deleteAfter(e, temporary);
            if (isDiskFull(e)) {
                throw new TrainingException(
                        TrainingException.Code.DISK_FULL,
                        step,
                        "no room for checkpoint %d in %s; earlier checkpoints are intact".formatted(step, attempt),
                        e);
            }
            throw e;
        }
    }

    /** The JDK has no type for this; the texts are the C library's. */
    private static boolean isDiskFull(IOException e) {
        @Nullable String message = e.getMessage();
        return message != null
                && (message.contains("No space left on device") || message.contains("Disk quota exceeded"));
    }

    private static void writeDurably(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static void forceFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static long sizeOf(Path folder) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    private static void deleteAfter(IOException failure, Path folder) {
        try {
            delete(folder);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** A file of a checkpoint. */
    record Part(String name, Content content) {

        /** Writes a file so that it is on disk when the call returns. */
        interface Content {
            void writeTo(Path file) throws IOException;
        }
    }
}
