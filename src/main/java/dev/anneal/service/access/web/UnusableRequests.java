package dev.anneal.service.access.web;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.HandlerInterceptor;

/** Refuses what no endpoint can use, and what the database or the framework would report as a fault of the service. */
final class UnusableRequests implements HandlerInterceptor {

    private static final String ENCODED_NUL = "%00";

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String query = request.getQueryString();
        // The parameters of a request without it are read only where they are used.
        if (query != null && query.contains(ENCODED_NUL)) {
            request.getParameterMap().forEach(UnusableRequests::refuseNul);
        }
        refuseRange(request.getContentType());
        return true;
    }

    /** No text that PostgreSQL stores or compares can hold the character U+0000. */
    private static void refuseNul(String name, String[] values) {
        for (String value : values) {
            if (value.indexOf('\0') >= 0) {
                throw Refusal.invalidValue(name, "'" + name + "' must not hold the character U+0000");
            }
        }
    }

    private static void refuseRange(@Nullable String type) {
        if (type != null && type.split(";", 2)[0].contains("*")) {
            throw new Refusal(
                    RefusalCode.UNSUPPORTED_MEDIA_TYPE,
                    "The Content-Type of a body is one type such as application/json, but is '" + type + "'");
        }
    }
}
