package dev.anneal.service.access.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.util.OnCommittedResponseWrapper;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Tells the client that the connection ends ({@code Connection: close}) if the answer begins before the request's body has arrived, because
 * {@link BodyValve} may close it then: a request that was sent on it next would be lost.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnreadBodyFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getAttribute(UnreadBody.ATTRIBUTE) instanceof UnreadBody body && !body.isRead()) {
            chain.doFilter(request, new Announced(response, body));
        } else {
            chain.doFilter(request, response);
        }
    }

    /** An answer that looks at the body before it begins. */
    private static final class Announced extends OnCommittedResponseWrapper {

        private final UnreadBody body;

        Announced(HttpServletResponse response, UnreadBody body) {
            super(response);
            this.body = body;
        }

        @Override
        protected void onResponseCommitted() {
            if (!hasArrived()) {
                setHeader(HttpHeaders.CONNECTION, "close");
            }
        }

        private boolean hasArrived() {
            try {
                return body.hasArrived();
            } catch (IOException clientIsGone) {
                return false;
            }
        }
    }
}
