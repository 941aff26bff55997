package dev.anneal.engine.run.task;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The operating system's lock on the folder that holds {@code task.json}, so that an orphan and its successor never
 * work in it at the same time. The file {@value #FILE} holds the owner's process id, with which a supervisor can end
 * it. A process's death releases its lock.
 */
public final class WorkDirectoryLock implements AutoCloseable {

    static final String FILE = "engine.lock";

    private static final Duration POLL = Duration.ofMillis(50);

    private final FileChannel channel;

    private WorkDirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * @param patience how long to wait for another owner to end
     * @throws TaskException {@code work_directory_busy} if it does not
     */
    public static WorkDirectoryLock acquire(Path directory, Duration patience) throws IOException {
        Path file = directory.resolve(FILE);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            long deadline = System.nanoTime() + patience.toNanos();
            while (tryLock(channel) == null) {
                if (System.nanoTime() >= deadline) {
                    throw TaskException.failure(
                            "work_directory_busy",
                            "process " + Files.readString(file, US_ASCII).strip() + " still works in " + directory);
                }
                Thread.sleep(POLL.toMillis());
            }
            return new WorkDirectoryLock(channel);
        } catch (InterruptedException e) {
            channel.close();
            Thread.currentThread().interrupt();
            throw new StoppedException();
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Writes the process id of the owner. */
    public void recordOwner() throws IOException {
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(US_ASCII)), 0);
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // another lock of this very process
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
