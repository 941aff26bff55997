package dev.anneal.service.storage;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.PrivateFiles;
import dev.anneal.service.platform.startup.StartRefusedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.io.function.IOSupplier;
import org.springframework.util.FileSystemUtils;

/**
 * The store in a folder of a local disk, or of a volume that all machines mount. A file is written under a temporary
 * name and renamed when it is complete and on the disk; a folder is moved aside before it is deleted, so that it is
 * never seen half deleted. The root folder is created only with its marker: a missing root means a disk that is not
 * mounted.
 */
public final class DirectoryArtifactStore implements ArtifactStore {

    /** Folder of files being written and folders being deleted; no key begins with a dot. */
    private static final String TEMPORARY = ".temporary";

    private final Path root;
    private final Path temporary;

    public DirectoryArtifactStore(Path root) {
        this(root, "anneal.storage.directory");
    }

    /**
     * @param setting name of the setting that holds the folder
     */
    public DirectoryArtifactStore(Path root, String setting) {
        this.root = root.toAbsolutePath().normalize();
        this.temporary = this.root.resolve(TEMPORARY);
        if (Files.exists(root)) {
            requireWritable(setting);
        }
    }

    private void requireWritable(String setting) {
        try {
            PrivateFiles.createFolders(temporary);
            Files.delete(Files.createTempFile(temporary, "probe-", null));
        } catch (IOException exception) {
            throw new StartRefusedException(
                    setting + " is not a writable folder: " + root,
                    "Set " + setting + " to a folder that this process may write to, with room on its disk.",
                    exception);
        }
    }

    @Override
    public StoredContent write(ArtifactKey key, InputStream content, long maxBytes) throws IOException {
        Path partial = temporary.resolve(UUID.randomUUID().toString());
        try {
            StoredContent stored = ContentWriter.write(partial, key, content, maxBytes);
            Path target = path(key);
            StorageException.onDisk("store", key, () -> {
                makeFolder(DurableFiles.parentOf(target));
                DurableFiles.rename(partial, target);
            });
            return stored;
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    @Override
    public long size(ArtifactKey key) {
        return read(key, () -> Files.size(path(key)));
    }

    @Override
    public InputStream open(ArtifactKey key, long offset) {
        return read(key, () -> {
            FileChannel channel = FileChannel.open(path(key), StandardOpenOption.READ);
            return new BufferedInputStream(Channels.newInputStream(channel.position(offset)));
        });
    }

    private static <T> T read(ArtifactKey key, IOSupplier<T> reading) {
        try {
            return reading.get();
        } catch (NoSuchFileException missing) {
            throw StorageException.notFound(key);
        } catch (IOException exception) {
            throw StorageException.of("read", key, exception);
        }
    }

    @Override
    public Optional<URI> downloadAddress(ArtifactKey key, String contentDisposition) {
        return Optional.empty();
    }

    @Override
    public void delete(ArtifactKey key) {
        delete(path(key), key);
    }

    @Override
    public void deleteFrom(ArtifactKey folder, String name) {
        delete(folder.child(name));
    }

    @Override
    public void deleteWithin(ArtifactKey key, String prefix, Collection<ArtifactKey> kept) {
        Path folder = path(key);
        Set<Path> staying = kept.stream().map(this::path).collect(Collectors.toUnmodifiableSet());
        try {
            for (Path each : childrenOf(folder)) {
                String name = String.valueOf(each.getFileName());
                boolean isMeant = name.startsWith(prefix) || name.startsWith("." + prefix);
                if (isMeant && !staying.contains(each)) {
                    delete(each, key);
                }
            }
            Files.deleteIfExists(folder);
        } catch (NoSuchFileException | DirectoryNotEmptyException fine) {
            return;
        } catch (IOException exception) {
            throw StorageException.of("delete what is left in", key, exception);
        }
    }

    private void delete(Path path, ArtifactKey key) {
        Path aside = temporary.resolve(UUID.randomUUID().toString());
        try {
            Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE);
            FileSystemUtils.deleteRecursively(aside);
        } catch (NoSuchFileException gone) {
            return;
        } catch (AtomicMoveNotSupportedException mounted) {
            throw StorageException.of("delete, because it is a mount of its own,", key, mounted);
        } catch (IOException exception) {
            throw StorageException.of("delete", key, exception);
        }
    }

    @Override
    public Path localFolder(ArtifactKey key) {
        Path folder = path(key);
        StorageException.onDisk("make the folder", key, () -> makeFolder(folder));
        return folder;
    }

    @Override
    public void publish(ArtifactKey key, Runnable betweenParts) {
        Path folder = existing(key);
        StorageException.onDisk("publish", key, () -> {
            try (Stream<Path> content = Files.walk(folder)) {
                for (Path each : (Iterable<Path>) content::iterator) {
                    DurableFiles.forceFolder(each);
                    betweenParts.run();
                }
            }
            DurableFiles.forceFolder(DurableFiles.parentOf(folder));
        });
    }

    @Override
    public LocalCopy localCopy(ArtifactKey key, Runnable betweenParts) {
        return LocalCopy.staying(existing(key));
    }

    @Override
    public LocalCopy localFile(ArtifactKey key, String sha256, Runnable betweenParts) {
        return LocalCopy.staying(existing(key));
    }

    private Path existing(ArtifactKey key) {
        Path path = path(key);
        if (!Files.exists(path)) {
            throw StorageException.notFound(key);
        }
        return path;
    }

    @Override
    public void list(Consumer<Entry> visitor) {
        try {
            Files.walkFileTree(root, new ArtifactTree(root, visitor));
        } catch (IOException exception) {
            throw new StorageException(
                    StorageException.Reason.FAILED, "cannot list the artifacts in " + root, exception);
        }
    }

    @Override
    public StoreMarker marker() {
        return new DirectoryMarker(root, temporary);
    }

    @Override
    public void check() {
        try {
            DurableFiles.probe(temporary);
        } catch (IOException exception) {
            throw StorageException.ofDisk("the folder of the artifacts cannot be written to: " + root, exception);
        }
    }

    @Override
    public void deleteAbandoned(Instant time) {
        try {
            deleteOlder(temporary, time);
        } catch (IOException exception) {
            throw new StorageException(
                    StorageException.Reason.FAILED, "cannot delete remains in " + temporary, exception);
        }
    }

    /** Deletes files and folders directly in a folder that were last changed before {@code time}. */
    private static void deleteOlder(Path folder, Instant time) throws IOException {
        for (Path path : childrenOf(folder)) {
            try {
                if (Files.getLastModifiedTime(path).toInstant().isBefore(time)) {
                    FileSystemUtils.deleteRecursively(path);
                }
            } catch (NoSuchFileException deletedMeanwhile) {
                // Another process is starting as well, or has finished its write or deletion.
            }
        }
    }

    private Path path(ArtifactKey key) {
        return root.resolve(key.value());
    }

    private void makeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new NoSuchFileException(root.toString());
        }
        PrivateFiles.createFolders(folder);
    }

    /** Files and folders directly in a folder. */
    private static List<Path> childrenOf(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        }
    }
}
