package dev.anneal.service.access.security;

import dev.anneal.service.access.tenant.AnyScope;
import dev.anneal.service.access.tenant.Principal;
import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpHeaders;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;

/**
 * Lets a credential call a controller's method only if it has its scope; one that names none, nor {@link AnyScope}, is
 * closed to all.
 */
final class ScopeInterceptor implements HandlerInterceptor {

    private static final Logger LOG = LoggerFactory.getLogger(ScopeInterceptor.class);

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (isOpen(handler)) {
            return true;
        }
        if (CorsUtils.isPreFlightRequest(request)) {
            throw new Refusal(
                    RefusalCode.FORBIDDEN_ORIGIN,
                    "Web pages of other origins may not call this service, and this preflight comes from '"
                            + request.getHeader(HttpHeaders.ORIGIN)
                            + "'. Call it from a server, which keeps the key secret.");
        }
        RequiresScope required =
                handler instanceof HandlerMethod method ? method.getMethodAnnotation(RequiresScope.class) : null;
        if (required == null) {
            LOG.warn("{} names no scope that it requires, so it is refused", handler);
            throw new Refusal(
                    RefusalCode.MISSING_SCOPE,
                    request.getMethod() + " " + request.getRequestURI() + " is open to no scope, so to nobody.");
        }
        Principal principal = CurrentPrincipal.get();
        if (!principal.has(required.value())) {
            throw missing(required.value(), principal);
        }
        return true;
    }

    /** Handlers that need no scope: pages, unknown paths, error responses, and what every credential may call. */
    private static boolean isOpen(Object handler) {
        return handler instanceof ResourceHttpRequestHandler
                || (handler instanceof HandlerMethod method
                        && (ErrorController.class.isAssignableFrom(method.getBeanType())
                                || method.hasMethodAnnotation(AnyScope.class)));
    }

    private static Refusal missing(Scope scope, Principal principal) {
        String remedy = Scope.ofAdministrators().contains(scope)
                ? " Use a key of an administrator: one of anneal.admin-keys, or one made with it."
                : " Use a key that has it; an administrator can make one.";
        return new Refusal(
                RefusalCode.MISSING_SCOPE,
                "The scope '" + scope.wireName() + "' is missing. The credential has: "
                        + (principal.scopes().isEmpty() ? "none" : Scope.list(principal.scopes())) + "." + remedy);
    }
}
