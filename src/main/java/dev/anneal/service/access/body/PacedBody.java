package dev.anneal.service.access.body;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.jspecify.annotations.Nullable;

/**
 * A request's body that must arrive at a least pace, because a thread waits for it: the container's own time limit is
 * for each read, and a byte now and then meets it forever. Only the time that the client is waited for counts, not that
 * in which its bytes are processed.
 */
final class PacedBody implements InputBuffer {

    /** How long a client may send less than the least pace. */
    private static final long GRACE_NANOS = Duration.ofSeconds(10).toNanos();

    private static final double LEAST_BYTES_PER_SECOND = 1024;

    private final InputBuffer source;
    private final LongSupplier nanoTime;
    private long waitedNanos;
    private long bytes;
    private @Nullable SocketTimeoutException givenUp;

    /** @param nanoTime as {@link System#nanoTime()} */
    PacedBody(InputBuffer source, LongSupplier nanoTime) {
        this.source = source;
        this.nanoTime = nanoTime;
    }

    /**
     * @throws SocketTimeoutException if the body hardly arrives; the container answers as it does after its own time
     *     limit. Later reads, such as those of a parser that looks for the end of its part, wait no further
     */
    @Override
    public int doRead(ApplicationBufferHandler target) throws IOException {
        if (givenUp != null) {
            throw givenUp;
        }
        try {
            return readInTime(target);
        } catch (SocketTimeoutException late) {
            givenUp = late;
            throw late;
        }
    }

    private int readInTime(ApplicationBufferHandler target) throws IOException {
        long start = nanoTime.getAsLong();
        int read = source.doRead(target);
        waitedNanos += nanoTime.getAsLong() - start;
        bytes += Math.max(read, 0);
        if (read >= 0 && waitedNanos > GRACE_NANOS && bytes < LEAST_BYTES_PER_SECOND * waitedNanos / 1e9) {
            throw new SocketTimeoutException("%d bytes of the body have arrived in %d s"
                    .formatted(bytes, Duration.ofNanos(waitedNanos).toSeconds()));
        }
        return read;
    }

    @Override
    public int available() {
        return source.available();
    }
}
