package dev.anneal.service.access.web;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.servlet.HandlerInterceptor;

/** Refuses bodies with a wildcard type, which the framework would report as a fault of the service. */
final class ContentTypes implements HandlerInterceptor {

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String type = request.getContentType();
        if (type != null && type.split(";", 2)[0].contains("*")) {
            throw new Refusal(
                    RefusalCode.UNSUPPORTED_MEDIA_TYPE,
                    "The Content-Type of a body is one type such as application/json, but is '" + type + "'");
        }
        return true;
    }
}
