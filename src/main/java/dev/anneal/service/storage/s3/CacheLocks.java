package dev.anneal.service.storage.s3;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Locks on entries of a cache, between the threads of this process and the processes of this machine: either shared by
 * many users, or exclusive to create or remove the entry. An entry is a range of bytes of one file: a shared lock locks
 * one random byte of it, an exclusive lock the whole range. The system releases the locks of a process that dies.
 */
final class CacheLocks {

    private static final long POLL_MILLIS = 20;

    private static final long RANGE = 1 << 20;

    /** Stays open: closing any channel of a file releases all locks of the process on it. */
    private final FileChannel file;

    CacheLocks(Path file) throws IOException {
        this.file =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /**
     * Takes the shared lock of an entry; waits for an exclusive lock to end.
     *
     * @param entry from 0 to 2^40 - 1
     * @param whileWaiting called regularly; may throw to end the wait
     */
    FileLock shared(long entry, Runnable whileWaiting) throws IOException, InterruptedException {
        while (true) {
            FileLock lock = locked(entry * RANGE + ThreadLocalRandom.current().nextLong(RANGE), 1);
            if (lock != null) {
                return lock;
            }
            whileWaiting.run();
            Thread.sleep(POLL_MILLIS);
        }
    }

    /**
     * Takes the exclusive lock of an entry, unless waiting becomes pointless because another process has created the
     * entry, which may be in use for hours.
     *
     * @return null if waiting is pointless
     */
    @Nullable
    FileLock aloneUnless(BooleanSupplier pointless, long entry) throws IOException, InterruptedException {
        FileLock lock = tryAlone(entry);
        while (lock == null && !pointless.getAsBoolean()) {
            Thread.sleep(POLL_MILLIS);
            lock = tryAlone(entry);
        }
        return lock;
    }

    /** Takes the exclusive lock, or returns null if the entry is locked. */
    @Nullable
    FileLock tryAlone(long entry) throws IOException {
        return locked(entry * RANGE, RANGE);
    }

    private @Nullable FileLock locked(long position, long bytes) throws IOException {
        try {
            return file.tryLock(position, bytes, false);
        } catch (OverlappingFileLockException ofThisProcess) {
            return null;
        }
    }
}
