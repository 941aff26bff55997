package dev.anneal.service.access.security;

import dev.anneal.service.access.web.ErrorWriter;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Guards an installation without keys against web pages open in the user's browser: it refuses requests from pages of
 * other origins, and from host names rebound to 127.0.0.1, which the browser sends as Host.
 */
final class LoopbackFilter extends OncePerRequestFilter {

    /** Names of this machine. */
    private static final Pattern NAMES =
            Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[?(::1|0:0:0:0:0:0:0:1)]?", Pattern.CASE_INSENSITIVE);

    private final ErrorWriter errors;

    LoopbackFilter(ErrorWriter errors) {
        this.errors = errors;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (!isLoopbackName(request.getServerName())) {
            errors.write(
                    response,
                    new Refusal(
                            RefusalCode.FORBIDDEN_HOST,
                            "Without API keys only requests to localhost are" + " served, but this one is for host '"
                                    + request.getServerName() + "'. Set anneal.api-keys to serve others."));
        } else if (origin != null && !isLoopbackOrigin(origin)) {
            errors.write(
                    response,
                    new Refusal(
                            RefusalCode.FORBIDDEN_ORIGIN,
                            "Without API keys web pages of other origins are"
                                    + " not served, and this request comes from '" + origin + "'."));
        } else {
            chain.doFilter(request, response);
        }
    }

    /** Without asking a resolver, which an attacker may control. */
    private static boolean isLoopbackName(@Nullable String host) {
        return host != null && NAMES.matcher(host).matches();
    }

    private static boolean isLoopbackOrigin(String origin) {
        int authority = origin.indexOf("://");
        return authority >= 0 && isLoopbackName(withoutPort(origin.substring(authority + 3)));
    }

    private static @Nullable String withoutPort(String authority) {
        int colon = authority.endsWith("]") ? -1 : authority.lastIndexOf(':');
        return colon < 0 ? authority : authority.substring(0, colon);
    }
}
