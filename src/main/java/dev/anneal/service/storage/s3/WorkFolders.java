package dev.anneal.service.storage.s3;

import dev.anneal.engine.format.file.Folders;
import dev.anneal.service.platform.startup.StartRefusedException;
import dev.anneal.service.storage.ArtifactKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Folders of this machine that engine processes write to and that are not published yet, by key. */
final class WorkFolders {

    private final Path root;

    WorkFolders(Path root) {
        this.root = root;
        try {
            Files.createDirectories(root);
        } catch (IOException e) {
            throw new StartRefusedException(
                    "anneal.storage.cache.directory is not a writable folder: " + root,
                    "Set anneal.storage.cache.directory to a folder on a local disk that this process may write to.",
                    e);
        }
    }

    Path path(ArtifactKey key) {
        return root.resolve(key.value());
    }

    void delete(ArtifactKey key) throws IOException {
        Folders.delete(path(key));
    }

    /** Deletes what lies directly in a folder and begins with {@code prefix}, also behind a dot, but for what is kept. */
    void deleteWithin(ArtifactKey folder, String prefix, Collection<ArtifactKey> kept) throws IOException {
        Set<Path> staying = kept.stream().map(this::path).collect(Collectors.toUnmodifiableSet());
        for (Path child : childrenOf(path(folder))) {
            String name = String.valueOf(child.getFileName());
            if ((name.startsWith(prefix) || name.startsWith("." + prefix)) && !staying.contains(child)) {
                Folders.delete(child);
            }
        }
        if (Files.isDirectory(path(folder)) && childrenOf(path(folder)).isEmpty()) {
            Files.deleteIfExists(path(folder));
        }
    }

    /** Deletes what nobody has written to since {@code time}: its attempt has ended elsewhere. Processes make the folders that they miss. */
    void deleteAbandoned(Instant time) throws IOException {
        for (Path tenant : childrenOf(root)) {
            for (Path job : childrenOf(tenant)) {
                for (Path attempt : childrenOf(job)) {
                    if (isOlder(attempt, time)) {
                        Folders.delete(attempt);
                    }
                }
            }
        }
    }

    private static boolean isOlder(Path folder, Instant time) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.toList()) {
                if (!Files.getLastModifiedTime(path).toInstant().isBefore(time)) {
                    return false;
                }
            }
            return true;
        } catch (NoSuchFileException | UncheckedIOException changing) {
            return false;
        }
    }

    private static List<Path> childrenOf(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        }
    }
}
