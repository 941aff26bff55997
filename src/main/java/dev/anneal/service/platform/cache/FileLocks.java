package dev.anneal.service.platform.cache;

import dev.anneal.engine.format.file.Sha256;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Locks by name, between the threads of this process and the processes of this machine. A name is a range of bytes of
 * one file: the first byte is its exclusive lock, and each of its users locks one random byte of the others. The system
 * releases the locks of a process that dies.
 */
public final class FileLocks {

    private static final long POLL_MILLIS = 20;

    private static final long RANGE = 1 << 20;

    /** Files stay open: closing any channel of a file releases all locks of the process on it. */
    private static final Map<Path, FileLocks> OPEN = new HashMap<>();

    private final FileChannel file;

    private FileLocks(FileChannel file) {
        this.file = file;
    }

    /** The locks of a file, which is created unless it exists. */
    public static synchronized FileLocks of(Path file) throws IOException {
        FileLocks open = OPEN.get(file);
        if (open == null || Files.notExists(file)) {
            open = new FileLocks(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
            OPEN.put(file, open);
        }
        return open;
    }

    /** Takes the exclusive lock of a name, or returns null if it is taken. */
    public @Nullable FileLock tryAlone(String name) throws IOException {
        return tryLock(begin(name), 1);
    }

    /**
     * Takes the exclusive lock of a name.
     *
     * @param whileWaiting called regularly; may throw to end the wait
     */
    FileLock alone(String name, Runnable whileWaiting) throws IOException {
        return await(() -> tryAlone(name), whileWaiting);
    }

    /**
     * Takes a lock that any number of users of a name may have at a time.
     *
     * @param whileWaiting called regularly while {@link #tryUnused} has the name; may throw to end the wait
     */
    FileLock used(String name, Runnable whileWaiting) throws IOException {
        return await(() -> tryLock(begin(name) + ThreadLocalRandom.current().nextLong(1, RANGE), 1), whileWaiting);
    }

    /** Takes the lock of all users of a name, or returns null if there is one. */
    @Nullable
    FileLock tryUnused(String name) throws IOException {
        return tryLock(begin(name) + 1, RANGE - 1);
    }

    /** Begin of the range of a name, by 40 bits of its hash. */
    private static long begin(String name) {
        return Long.parseLong(Sha256.ofText(name).substring(0, 10), 16) * RANGE;
    }

    private @Nullable FileLock tryLock(long position, long bytes) throws IOException {
        try {
            return file.tryLock(position, bytes, false);
        } catch (OverlappingFileLockException ofThisProcess) {
            return null;
        }
    }

    private static FileLock await(Attempt attempt, Runnable whileWaiting) throws IOException {
        FileLock lock = attempt.lock();
        while (lock == null) {
            whileWaiting.run();
            pause();
            lock = attempt.lock();
        }
        return lock;
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while another process has a lock");
        }
    }

    /** An attempt to take a lock. */
    private interface Attempt {

        @Nullable
        FileLock lock() throws IOException;
    }
}
