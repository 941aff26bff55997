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
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives every request an id, in {@code x-request-id} of its response and in log lines, and reports the time until the
 * response begins.
 */
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
        long startedNanos = System.nanoTime();
        HeadHook timed = new HeadHook(
                response,
                () -> response.setHeader(
                        "openai-processing-ms", Long.toString((System.nanoTime() - startedNanos) / 1_000_000)));
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
}
