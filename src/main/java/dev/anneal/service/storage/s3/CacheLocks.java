package dev.anneal.service.storage.s3;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who uses which entry of a cache, among the threads of this process and the processes of this machine: many at a time, or one alone who makes or removes
 * it. Processes know of each other by locks on single bytes of one file, which end with their process.
 */
final class CacheLocks {

    private static final long POLL_MILLIS = 100;

    /** Stays open: closing any channel of a file gives up all locks that a process has on it. */
    private final FileChannel file;

    private final Map<Long, State> states = new HashMap<>();

    CacheLocks(Path file) throws IOException {
        this.file =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Keeps an entry as it is until it is released. */
    interface Hold extends AutoCloseable {

        @Override
        void close();
    }

    /** Waits until nobody has the entry alone. */
    synchronized Hold shared(long entry) throws IOException, InterruptedException {
        while (true) {
            State state = states.computeIfAbsent(entry, ignored -> new State());
            if (state.lock == null) {
                state.lock = locked(entry, true);
                state.users = state.lock == null ? 0 : 1;
            } else if (state.lock.isShared()) {
                state.users++;
            } else {
                wait(POLL_MILLIS);
                continue;
            }
            if (state.lock != null) {
                return hold(entry);
            }
            states.remove(entry);
            wait(POLL_MILLIS);
        }
    }

    /**
     * Waits until nobody else has the entry, as long as that makes sense: who has waited to make it may find it made, and others using it for hours.
     *
     * @return empty if it makes no sense any more
     */
    synchronized Optional<Hold> aloneUnless(BooleanSupplier pointless, long entry)
            throws IOException, InterruptedException {
        Optional<Hold> hold = tryAlone(entry);
        while (hold.isEmpty() && !pointless.getAsBoolean()) {
            wait(POLL_MILLIS);
            hold = tryAlone(entry);
        }
        return hold;
    }

    /** Empty if somebody has the entry. */
    synchronized Optional<Hold> tryAlone(long entry) throws IOException {
        if (states.containsKey(entry)) {
            return Optional.empty();
        }
        FileLock lock = locked(entry, false);
        if (lock == null) {
            return Optional.empty();
        }
        State state = new State();
        state.lock = lock;
        state.users = 1;
        states.put(entry, state);
        return Optional.of(hold(entry));
    }

    private @Nullable FileLock locked(long entry, boolean shared) throws IOException {
        try {
            return file.tryLock(entry, 1, shared);
        } catch (OverlappingFileLockException e) {
            // Another cache in this process, on the same folder.
            return null;
        }
    }

    private Hold hold(long entry) {
        boolean[] released = new boolean[1];
        return () -> {
            synchronized (this) {
                if (!released[0]) {
                    released[0] = true;
                    release(entry);
                }
            }
        };
    }

    private void release(long entry) {
        State state = states.get(entry);
        if (state == null) {
            return;
        }
        state.users--;
        if (state.users == 0) {
            states.remove(entry);
            try {
                if (state.lock != null) {
                    state.lock.release();
                }
            } catch (IOException closed) {
                // The lock is gone with its file.
                return;
            } finally {
                notifyAll();
            }
        }
    }

    /** Who has an entry in this process. */
    private static final class State {
        private @Nullable FileLock lock;
        private int users;
    }
}
