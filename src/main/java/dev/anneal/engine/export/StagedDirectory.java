package dev.anneal.engine.export;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
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
        Path parent = absolute.resolveSibling(".").normalize();
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
            remove(leftover);
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
            force(file, StandardOpenOption.WRITE);
        }
        force(staging, StandardOpenOption.READ);
        Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
        force(target.resolveSibling(".").normalize(), StandardOpenOption.READ);
    }

    private static void force(Path path, StandardOpenOption mode) throws IOException {
        try (FileChannel channel = FileChannel.open(path, mode)) {
            channel.force(true);
        }
    }

    /** Removes what was not published. */
    @Override
    public void close() throws IOException {
        if (Files.exists(staging)) {
            remove(staging);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
