package dev.anneal.service.platform.process;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * The folder of one worker's engine processes, with a subfolder for each. The worker holds an operating system's lock
 * on it, which ends with the worker; a process that gets the lock of another worker's folder knows that its processes
 * are orphans, and that nobody holds any more what the worker noted there.
 */
public final class EngineWorkspace implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EngineWorkspace.class);
    private static final String LOCK_FILE = "worker.lock";
    private static final String HELD = ".held";
    /** Beside the workspaces: what dead workers held, until a worker has settled it. */
    private static final String ABANDONED = "abandoned";

    /**
     * Workspaces of this JVM. Their lock files must not be opened a second time: closing any channel to a file drops
     * all of the process's locks on it.
     */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel lock;

    private EngineWorkspace(Path directory, FileChannel lock) {
        this.directory = directory;
        this.lock = lock;
    }

    /**
     * Creates a workspace after ending the orphans of dead workers of this host.
     *
     * @param workspaces folder that holds the workspaces of all workers of this host
     * @param grace how long orphans may take to save and exit by themselves
     */
    public static synchronized EngineWorkspace open(Path workspaces, Duration grace) {
        try {
            PrivateFiles.createFolders(workspaces);
            // Held while folders are created and swept, so that none is swept between its creation and its locking.
            try (FileChannel gate = openLockFile(workspaces.resolve("workspaces.lock"))) {
                Objects.requireNonNull(gate.lock());
                sweep(workspaces, grace);
                Path directory = PrivateFiles.createFolder(
                        workspaces.resolve(UUID.randomUUID().toString()));
                FileChannel lock = openLockFile(directory.resolve(LOCK_FILE));
                Objects.requireNonNull(lock.lock());
                OWN.add(directory.toAbsolutePath());
                return new EngineWorkspace(directory, lock);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + workspaces + " for engine processes", e);
        }
    }

    /** Checks whether processes can be given folders in all workspaces of this JVM. */
    static void tryAll() throws IOException {
        for (Path workspace : OWN) {
            DurableFiles.probe(workspace);
        }
    }

    /** An empty folder for a process. */
    public Path newDirectory(String name) throws IOException {
        return PrivateFiles.createFolder(directory.resolve(name + "-" + UUID.randomUUID()));
    }

    /** Removes a process's folder after its end. */
    public void remove(Path processDirectory) {
        delete(processDirectory);
    }

    /**
     * Notes on the disk that the worker holds something, until {@link #drop}. If the worker dies first, the note is
     * {@link #abandoned}.
     *
     * @param name says what is held; a file name
     */
    public void hold(String name) throws IOException {
        PrivateFiles.write(directory.resolve(name + HELD), "");
    }

    /** The worker no longer holds it. */
    public void drop(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name + HELD));
    }

    /** Names of what dead workers of this host held. Several workers may get the same name. */
    public List<String> abandoned() throws IOException {
        Path abandoned = directory.resolveSibling(ABANDONED);
        return Files.isDirectory(abandoned)
                ? heldIn(abandoned).stream()
                        .map(note -> note.getFileName().toString())
                        .map(note -> note.substring(0, note.length() - HELD.length()))
                        .toList()
                : List.of();
    }

    /** Forgets a name of {@link #abandoned}. */
    public void settle(String name) throws IOException {
        Files.deleteIfExists(directory.resolveSibling(ABANDONED).resolve(name + HELD));
    }

    /** Removes the workspace; its processes must have ended. */
    @Override
    public void close() throws IOException {
        delete(directory);
        OWN.remove(directory.toAbsolutePath());
        lock.close();
    }

    private static void sweep(Path workspaces, Duration grace) throws IOException {
        for (Path workspace : foldersIn(workspaces)) {
            if (OWN.contains(workspace.toAbsolutePath()) || workspace.endsWith(ABANDONED)) {
                continue;
            }
            try (FileChannel channel = openLockFile(workspace.resolve(LOCK_FILE))) {
                if (isFree(channel)) {
                    endOrphans(workspace, grace);
                    abandon(workspace);
                    delete(workspace);
                }
            } catch (NoSuchFileException e) {
                LOG.debug("Workspace {} was removed by its worker meanwhile", workspace, e);
            }
        }
    }

    private static void abandon(Path workspace) throws IOException {
        for (Path note : heldIn(workspace)) {
            Path abandoned = PrivateFiles.createFolders(workspace.resolveSibling(ABANDONED));
            Files.move(note, abandoned.resolve(note.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static List<Path> heldIn(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(entry -> entry.getFileName().toString().endsWith(HELD))
                    .toList();
        }
    }

    private static boolean isFree(FileChannel channel) throws IOException {
        FileLock taken = channel.tryLock();
        return taken != null;
    }

    private static void endOrphans(Path workspace, Duration grace) throws IOException {
        List<ProcessHandle> orphans = foldersIn(workspace).stream()
                .flatMap(folder -> ProcessRecord.read(folder).stream())
                .flatMap(recorded -> recorded.living().stream())
                .toList();
        if (orphans.isEmpty()) {
            return;
        }
        LOG.warn("{} engine processes outlived their worker; they get {} to save and end", orphans.size(), grace);
        CompletableFuture<?> ended = CompletableFuture.allOf(
                orphans.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new));
        try {
            ended.get(grace.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("Killing engine processes of a dead worker that did not end within {}", grace);
            orphans.forEach(ProcessHandle::destroyForcibly);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            orphans.forEach(ProcessHandle::destroyForcibly);
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for a process to end cannot fail", e);
        }
    }

    private static List<Path> foldersIn(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory).toList();
        }
    }

    private static FileChannel openLockFile(Path file) throws IOException {
        return PrivateFiles.open(file);
    }

    private static void delete(Path folder) {
        try {
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException e) {
            LOG.warn("Cannot remove {}; the next worker that starts on this host tries again", folder, e);
        }
    }
}
