package dev.anneal.service.access.body;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/** What is left of the body of a request that is answered without it. */
public final class UnreadBody {

    /** Attribute of a request. */
    public static final String ATTRIBUTE = UnreadBody.class.getName();

    private static final long POLL_NANOS = Duration.ofMillis(1).toNanos();

    /** The container's own limit. */
    private static final int MOST_BYTES = 2 << 20;

    private final Request request;
    private final int most;
    private int read;

    /**
     * @param isChunked such a body is not read further: its next byte may begin the length of a chunk, which comes a
     *     byte at a time
     */
    UnreadBody(Request request, boolean isChunked) {
        this.request = request;
        this.most = isChunked ? 0 : MOST_BYTES;
    }

    /** Whether nothing is left. */
    public boolean isRead() {
        AtomicBoolean isRead = new AtomicBoolean();
        request.action(ActionCode.REQUEST_BODY_FULLY_READ, isRead);
        return isRead.get();
    }

    /**
     * Whether all of it has arrived, and is read now. The client of a request with {@code Expect} has not been asked
     * for it.
     */
    public boolean hasArrived() throws IOException {
        return request.hasExpectation() ? isRead() : readWithin(Duration.ZERO);
    }

    /** Reads what arrives within the time, and returns whether the body has ended. */
    boolean readWithin(Duration time) throws IOException {
        long start = System.nanoTime();
        Discarded discarded = new Discarded();
        while (!isRead()) {
            request.action(ActionCode.AVAILABLE, true);
            if (request.getAvailable() > 0 && read < most) {
                read += Math.max(request.doRead(discarded), 0);
            } else if (System.nanoTime() - start >= time.toNanos()) {
                return false;
            } else {
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
        return true;
    }

    /** Where bytes go that nobody wants. */
    private static final class Discarded implements ApplicationBufferHandler {

        private ByteBuffer buffer = ByteBuffer.allocate(0);

        @Override
        public void setByteBuffer(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public ByteBuffer getByteBuffer() {
            return buffer;
        }

        @Override
        public void expand(int size) {
            // The container's buffers are used as they are.
        }
    }
}
