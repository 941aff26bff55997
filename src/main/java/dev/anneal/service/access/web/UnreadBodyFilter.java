package dev.anneal.service.access.web;

import dev.anneal.service.access.body.BodyValve;
import dev.anneal.service.access.body.UnreadBody;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Tells the client that the connection ends ({@code Connection: close}) if the answer begins before the request's body
 * has arrived, because {@link BodyValve} may close it then: a request that was sent on it next would be lost.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnreadBodyFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (request.getAttribute(UnreadBody.ATTRIBUTE) instanceof UnreadBody body && !body.isRead()) {
            HeadHook answer = new HeadHook(response, () -> announceEnd(body, response));
            chain.doFilter(request, answer);
            if (!request.isAsyncStarted()) {
                answer.onResponseCommitted();
            }
        } else {
            chain.doFilter(request, response);
        }
    }

    private static void announceEnd(UnreadBody body, HttpServletResponse response) {
        if (!hasArrived(body)) {
            response.setHeader(HttpHeaders.CONNECTION, "close");
        }
    }

    private static boolean hasArrived(UnreadBody body) {
        try {
            return body.hasArrived();
        } catch (IOException clientIsGone) {
            return false;
        }
    }
}
