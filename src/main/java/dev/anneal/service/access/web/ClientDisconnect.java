package dev.anneal.service.access.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.stream.Stream;
import org.apache.catalina.connector.ClientAbortException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/**
 * Distinguishes a disconnected client from other broken connections, such as the database's: only the container's
 * exceptions mean the client.
 */
final class ClientDisconnect {

    /** nginx's status in logs for a client that closed the connection; never sent. */
    static final int STATUS = 499;

    private static final Logger LOG = LoggerFactory.getLogger(ClientDisconnect.class);

    private ClientDisconnect() {}

    static boolean explains(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .anyMatch(cause ->
                        cause instanceof ClientAbortException || cause instanceof AsyncRequestNotUsableException);
    }

    /** Logs it in one line. */
    static void tell(HttpServletRequest request) {
        LOG.info("The client of {} {} left before its answer ended", request.getMethod(), request.getRequestURI());
    }
}
