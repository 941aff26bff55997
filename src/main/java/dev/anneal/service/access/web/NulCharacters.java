package dev.anneal.service.access.web;

import dev.anneal.service.platform.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.servlet.HandlerInterceptor;

/** Refuses query parameters with the character U+0000, which PostgreSQL can neither store nor compare. */
final class NulCharacters implements HandlerInterceptor {

    private static final String ENCODED = "%00";

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String query = request.getQueryString();
        // Other requests' parameters are parsed only where they are used.
        if (query != null && query.contains(ENCODED)) {
            request.getParameterMap().forEach((name, values) -> {
                for (String value : values) {
                    if (value.indexOf('\0') >= 0) {
                        throw Refusal.invalidValue(name, "'" + name + "' must not hold the character U+0000");
                    }
                }
            });
        }
        return true;
    }
}
