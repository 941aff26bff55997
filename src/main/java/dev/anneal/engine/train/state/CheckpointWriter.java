package dev.anneal.engine.train.state;

import dev.anneal.engine.format.file.DiskFull;
import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.Folders;
import dev.anneal.engine.format.file.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Writes checkpoint folders so that a folder under its final name is always complete: all files go into a hidden folder
 * beside it and reach the disk before the folder is renamed.
 *
 * @param attempt folder in which they are written
 */
public record CheckpointWriter(Path attempt) {

    public Path folderOf(int step) {
        return attempt.resolve("checkpoint-" + step);
    }

    /** Creates the attempt's folder if it is missing, but not its parent, whose absence means a missing disk. */
    private void createFolder(Path temporary) throws IOException {
        if (!Files.isDirectory(attempt)) {
            Files.createDirectory(attempt);
        }
        Files.createDirectory(temporary);
    }

    /**
     * Writes {@code checkpoint-<step>}.
     *
     * @param files all but {@code state.json}
     * @param state makes the content of {@code state.json} from the files' hashes
     * @return bytes of the folder
     * @throws TrainingException with {@code DISK_FULL} if there is no space; nothing of the folder is left then
     */
    public long write(int step, List<Part> files, Function<Map<String, String>, CheckpointState> state)
            throws IOException {
        return write(folderOf(step), step, files, state);
    }

    /**
     * Writes {@code answers-<count>} in the form of a checkpoint, with answers of a target that are written before the
     * first step.
     *
     * @return the folder
     */
    public Path writeAnswers(int count, Part answers, Function<Map<String, String>, CheckpointState> state)
            throws IOException {
        Path folder = attempt.resolve("answers-" + count);
        write(folder, 0, List.of(answers), state);
        return folder;
    }

    private long write(Path folder, int step, List<Part> files, Function<Map<String, String>, CheckpointState> state)
            throws IOException {
        Path temporary = attempt.resolve("." + folder.getFileName() + ".tmp");
        try {
            Folders.delete(temporary);
            createFolder(temporary);
            Map<String, String> hashes = new TreeMap<>();
            for (Part file : files) {
                Path path = temporary.resolve(file.name());
                file.content().writeTo(path);
                hashes.put(file.name(), Sha256.of(path));
            }
            DurableFiles.write(
                    temporary.resolve(CheckpointFolder.STATE),
                    CheckpointFolder.JSON.writeValueAsBytes(state.apply(hashes)));
            DurableFiles.forceFolder(temporary);
            long bytes = sizeOf(temporary);
            Folders.delete(folder);
            DurableFiles.rename(temporary, folder);
            // The attempt's folder itself may be new.
            DurableFiles.forceFolder(DurableFiles.parentOf(attempt));
            return bytes;
        } catch (IOException e) {
            deleteAfter(e, temporary);
            if (DiskFull.isCauseOf(e)) {
                throw new TrainingException(
                        TrainingException.Code.DISK_FULL,
                        step,
                        "no room for %s in %s; earlier checkpoints are intact".formatted(folder.getFileName(), attempt),
                        e);
            }
            throw e;
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
            Folders.delete(folder);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** A file of a checkpoint. */
    public record Part(String name, Content content) {

        public static Part json(String name, Object value) {
            return new Part(name, file -> DurableFiles.write(file, CheckpointFolder.JSON.writeValueAsBytes(value)));
        }

        /** Writes a file so that it is on disk when the call returns. */
        public interface Content {
            void writeTo(Path file) throws IOException;
        }
    }
}
