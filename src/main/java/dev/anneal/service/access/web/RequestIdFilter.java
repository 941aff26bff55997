package dev.anneal.service.access.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.web.util.OnCommittedResponseWrapper;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Gives every request an id, in {@code x-request-id} of its response and in log lines, and reports the time until the response begins. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class RequestIdFilter extends OncePerRequestFilter {

    static final String HEADER = "x-request-id";

    /** Key of the id in the logging context. */
    static final String LOG_KEY = "request_id";

    /** The version that OpenAI's API has announced since 2020. */
    private static final String API_VERSION = "2020-10-01";

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String id = identify(response);
        TimedResponse timed = new TimedResponse(response, System.nanoTime());
        MDC.put(LOG_KEY, id);
        try {
            chain.doFilter(request, timed);
        } finally {
            timed.onResponseCommitted();
            MDC.remove(LOG_KEY);
        }
    }

    /** Gives the response a new id and returns it. */
    static String identify(HttpServletResponse response) {
        String id = "req_" + UUID.randomUUID().toString().replace("-", "");
        response.setHeader(HEADER, id);
        response.setHeader("openai-version", API_VERSION);
        return id;
    }

    /** Writes the processing time at the last moment at which a header can still be written. */
    private static final class TimedResponse extends OnCommittedResponseWrapper {

        private final long startedNanos;

        TimedResponse(HttpServletResponse response, long startedNanos) {
            super(response);
            this.startedNanos = startedNanos;
        }

        @Override
        protected void onResponseCommitted() {
            if (!isCommitted()) {
                setHeader("openai-processing-ms", Long.toString((System.nanoTime() - startedNanos) / 1_000_000));
            }
        }
    }
}
