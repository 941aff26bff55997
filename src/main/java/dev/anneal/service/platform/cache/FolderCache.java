package dev.anneal.service.platform.cache;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.Folders;
import dev.anneal.engine.format.file.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders by name, shared by all processes of a machine. Each is created once, under another name, and renamed when it
 * is complete and has a list of its files; a folder that lacks one of them is created again. A folder in use is not
 * removed.
 */
public final class FolderCache {

    /** Clock of file times. */
    static final Clock CLOCK = Clock.systemUTC();

    private static final Logger LOG = LoggerFactory.getLogger(FolderCache.class);

    private static final String UNFINISHED = ".unfinished-";

    private final Path directory;

    /**
     * @param directory created with the first folder
     */
    public FolderCache(Path directory) {
        this.directory = directory.toAbsolutePath();
    }

    /** Fills a new folder. */
    @FunctionalInterface
    public interface Content {

        void into(Path folder) throws IOException;
    }

    /** A complete folder, which stays until this is closed. */
    public record Use(Path folder, FileLock lock) implements AutoCloseable {

        @Override
        public void close() {
            try {
                lock.release();
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }
    }

    /**
     * A folder without its list of files.
     *
     * @param usedAt begin of its last use
     */
    public record Entry(String name, long bytes, Instant usedAt) {}

    /**
     * A folder, which is created unless it is complete.
     *
     * @param name without a leading dot
     * @param whileWaiting called regularly while another process creates the folder; may throw to end the wait
     */
    public Use use(String name, Content content, Runnable whileWaiting) throws IOException {
        Path folder = directory.resolve(name);
        FileLock lock = locks().used(name, whileWaiting);
        try {
            if (!Contents.areComplete(folder)) {
                create(name, content, whileWaiting);
            }
            Files.setLastModifiedTime(folder, FileTime.from(CLOCK.instant()));
            return new Use(folder, lock);
        } catch (IOException | RuntimeException failure) {
            lock.release();
            throw failure;
        }
    }

    private void create(String name, Content content, Runnable whileWaiting) throws IOException {
        Path folder = directory.resolve(name);
        FileLock alone = locks().alone(name, whileWaiting);
        try (alone) {
            if (!Contents.areComplete(folder)) {
                removeUnfinished();
                create(directory.resolve(UNFINISHED + name), folder, content);
            }
        }
    }

    private static void create(Path unfinished, Path folder, Content content) throws IOException {
        Folders.delete(unfinished);
        try {
            content.into(PrivateFiles.createFolder(unfinished));
            Contents.of(unfinished).write(unfinished);
            if (Files.exists(folder)) {
                LOG.warn("{} lacks some of its files; it is created again", folder);
                Folders.delete(folder);
            }
            DurableFiles.rename(unfinished, folder);
        } finally {
            Folders.delete(unfinished);
        }
    }

    /** Removes what processes that died had not finished. */
    public void removeUnfinished() throws IOException {
        for (String unfinished : names(name -> name.startsWith(UNFINISHED))) {
            FileLock alone = locks().tryAlone(unfinished.substring(UNFINISHED.length()));
            if (alone != null) {
                try (alone) {
                    Folders.delete(directory.resolve(unfinished));
                }
            }
        }
    }

    /** The folders, least recently used first. */
    public List<Entry> entries() throws IOException {
        List<Entry> found = new ArrayList<>();
        for (String name : names(each -> !each.startsWith("."))) {
            Path folder = directory.resolve(name);
            Instant usedAt = Instant.ofEpochMilli(folder.toFile().lastModified());
            Contents.listedIn(folder).ifPresent(contents -> found.add(new Entry(name, contents.bytes(), usedAt)));
        }
        found.sort(Comparator.comparing(Entry::usedAt));
        return found;
    }

    /**
     * Removes a folder, unless it is in use.
     *
     * @return whether it does not exist any more
     */
    public boolean remove(String name) throws IOException {
        FileLock unused = locks().tryUnused(name);
        if (unused == null) {
            return false;
        }
        try (unused) {
            Folders.delete(directory.resolve(name));
            return true;
        }
    }

    private List<String> names(Predicate<String> wanted) {
        String[] names = directory.toFile().list((parent, name) -> wanted.test(name));
        return names == null ? List.of() : List.of(names);
    }

    private FileLocks locks() throws IOException {
        return FileLocks.of(PrivateFiles.createFolders(directory).resolve(".lock"));
    }
}
