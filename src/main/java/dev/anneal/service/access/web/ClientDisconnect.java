package dev.anneal.service.access.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.stream.Stream;
import org.apache.catalina.connector.ClientAbortException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/**
 * Tells a client that has gone from other connections that may break during a request, such as the database's: only the container's own
 * exceptions mean that the client has gone.
 */
final class ClientDisconnect {

    /** What nginx writes into its log for a request whose client has closed the connection; nobody receives it. */
    static final int STATUS = 499;

    private static final Logger LOG = LoggerFactory.getLogger(ClientDisconnect.class);

    private ClientDisconnect() {}

    static boolean explains(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .anyMatch(cause ->
                        cause instanceof ClientAbortException || cause instanceof AsyncRequestNotUsableException);
    }

    /** Says so in the log, in one line. */
    static void tell(HttpServletRequest request) {
        LOG.info("The client of {} {} left before its answer ended", request.getMethod(), request.getRequestURI());
    }
}
