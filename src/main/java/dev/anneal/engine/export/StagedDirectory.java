package dev.anneal.engine.export;

import dev.anneal.engine.file.DurableFiles;
import dev.anneal.engine.file.Folders;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** A folder that appears under its name only when it is complete: it is filled beside its place and renamed at the end. */
final class StagedDirectory implements AutoCloseable {

    private final Path target;
    private final Path staging;

    private StagedDirectory(Path target, Path staging) {
        this.target = target;
        this.staging = staging;
    }

    /** @throws FileAlreadyExistsException if the target exists */
    static StagedDirectory beside(Path target) throws IOException {
        Path absolute = target.toAbsolutePath();
        if (Files.exists(absolute)) {
            throw new FileAlreadyExistsException(absolute.toString());
        }
        Path parent = DurableFiles.parentOf(absolute);
        Files.createDirectories(parent);
        String prefix = "." + absolute.getFileName() + ".incomplete-";
        removeLeftovers(parent, prefix);
        Path staging = parent.resolve(prefix + UUID.randomUUID());
        return new StagedDirectory(absolute, Files.createDirectory(staging));
    }

    /** What processes left that were killed while they filled this folder. */
    private static void removeLeftovers(Path parent, String prefix) throws IOException {
        List<Path> leftovers;
        try (Stream<Path> siblings = Files.list(parent)) {
            leftovers = siblings.filter(
                            path -> String.valueOf(path.getFileName()).startsWith(prefix))
                    .toList();
        }
        for (Path leftover : leftovers) {
            Folders.delete(leftover);
        }
    }

    /** Where to write. */
    Path path() {
        return staging;
    }

    /** The files written so far, by name. */
    List<Path> files() throws IOException {
        try (Stream<Path> children = Files.list(staging)) {
            return children.sorted().toList();
        }
    }

    /** Makes everything durable and gives the folder its name. */
    void publish() throws IOException {
        for (Path file : files()) {
            DurableFiles.force(file);
        }
        DurableFiles.forceFolder(staging);
        DurableFiles.rename(staging, target);
    }

    /** Removes what was not published. */
    @Override
    public void close() throws IOException {
        Folders.delete(staging);
    }
}
