package dev.anneal.service.access.body;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.coyote.InputBuffer;

/**
 * Frees threads from clients that hardly send their bodies. A body that is read must arrive at the pace of
 * {@link PacedBody}. What is left of a body after its answer, such as that of a request without a key, is read for half
 * a second; then the connection is closed. The container would wait for it as long as a byte comes now and then.
 */
public final class BodyValve extends ValveBase {

    private static final Duration LINGER = Duration.ofMillis(500);

    public BodyValve() {
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
        UnreadBody rest = new UnreadBody(body, isChunked);
        request.setAttribute(UnreadBody.ATTRIBUTE, rest);
        try {
            getNext().invoke(request, response);
        } finally {
            body.setInputBuffer(source);
        }
        if (!request.isAsync() && !body.hasExpectation() && !rest.isRead()) {
            response.finishResponse();
            if (!rest.readWithin(LINGER)) {
                body.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
            }
        }
    }
}
