package dev.anneal.service.storage;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.Consumer;

/** Visits the files of a store's folder. Names that begin with a dot are incomplete or belong to the file system. */
final class ArtifactTree extends SimpleFileVisitor<Path> {

    private final Path root;
    private final Consumer<ArtifactStore.Entry> visitor;

    ArtifactTree(Path root, Consumer<ArtifactStore.Entry> visitor) {
        this.root = root;
        this.visitor = visitor;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        return !folder.equals(root) && isHidden(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        if (!isHidden(file)) {
            ArtifactKey.stored(root.relativize(file).toString())
                    .ifPresent(key -> visitor.accept(new ArtifactStore.Entry(
                            key, attributes.lastModifiedTime().toInstant(), attributes.size())));
        }
        return FileVisitResult.CONTINUE;
    }

    /** A file that was deleted meanwhile is skipped. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
        if (failure instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw failure;
    }

    private static boolean isHidden(Path path) {
        return String.valueOf(path.getFileName()).startsWith(".");
    }
}
