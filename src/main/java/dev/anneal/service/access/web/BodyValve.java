package dev.anneal.service.access.web;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * Frees threads from clients that hardly send their bodies. A body that is read must arrive at the pace of {@link PacedBody}. What is left
 * of a body after its answer, such as that of a request without a key, is read for half a second; then the connection is closed. The
 * container would wait for it as long as a byte comes now and then.
 */
final class BodyValve extends ValveBase {

    private static final long LINGER_NANOS = Duration.ofMillis(500).toNanos();
    private static final long POLL_NANOS = Duration.ofMillis(1).toNanos();

    /** The container's own limit. */
    private static final int MOST_LEFT = 2 << 20;

    BodyValve() {
        super(true);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        org.apache.coyote.Request body = request.getCoyoteRequest();
        boolean isChunked = request.getHeader("Transfer-Encoding") != null;
        if (isChunked) {
            // The answer may have been sent before it is known whether the body is read.
            response.setHeader("Connection", "close");
        }
        InputBuffer source = body.getInputBuffer();
        body.setInputBuffer(new PacedBody(source, System::nanoTime));
        try {
            getNext().invoke(request, response);
        } finally {
            body.setInputBuffer(source);
        }
        if (!request.isAsync() && !body.hasExpectation() && !isRead(body)) {
            response.finishResponse();
            // A body in chunks is not read: its next byte may begin the length of a chunk, which comes a byte at a
            // time.
            if (!readRest(body, isChunked ? 0 : MOST_LEFT)) {
                body.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
            }
        }
    }

    /** Reads what arrives within the time, at most so many bytes, and returns whether the body has ended. */
    private static boolean readRest(org.apache.coyote.Request body, int most) throws IOException {
        long start = System.nanoTime();
        int read = 0;
        Discarded discarded = new Discarded();
        while (!isRead(body)) {
            if (System.nanoTime() - start > LINGER_NANOS) {
                return false;
            }
            body.action(ActionCode.AVAILABLE, true);
            if (body.getAvailable() > 0 && read < most) {
                read += Math.max(body.doRead(discarded), 0);
            } else {
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
        return true;
    }

    private static boolean isRead(org.apache.coyote.Request body) {
        AtomicBoolean isRead = new AtomicBoolean();
        body.action(ActionCode.REQUEST_BODY_FULLY_READ, isRead);
        return isRead.get();
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
