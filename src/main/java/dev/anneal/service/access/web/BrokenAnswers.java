package dev.anneal.service.access.web;

import dev.anneal.service.platform.database.DatabaseOutage;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.coyote.CloseNowException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Breaks the connection of a response that fails after it has begun, and logs it once, because the container would log
 * it again. A disconnected client or an unreachable database is logged in one line.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class BrokenAnswers extends OncePerRequestFilter {

    private static final Logger LOG = LoggerFactory.getLogger(BrokenAnswers.class);

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            chain.doFilter(request, response);
        } catch (IOException | ServletException | RuntimeException failure) {
            if (!response.isCommitted()) {
                throw failure;
            }
            tell(request, failure);
            throw new CloseNowException("The answer had begun when it failed.", failure);
        }
    }

    private static void tell(HttpServletRequest request, Exception failure) {
        if (ClientDisconnect.explains(failure)) {
            ClientDisconnect.tell(request);
            return;
        }
        String method = request.getMethod();
        String path = request.getRequestURI();
        if (DatabaseOutage.explains(failure)) {
            LOG.warn(
                    "The database was lost while the answer to {} {} was written; the connection is broken: {}",
                    method,
                    path,
                    DatabaseOutage.reason(failure));
        } else {
            LOG.warn("The answer to {} {} had begun when this failed; the connection is broken", method, path, failure);
        }
    }
}
