package dev.anneal.service.access.web;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses paths that percent-encode one of RFC 3986's unreserved characters, so that each route has one spelling, and
 * code that compares raw paths agrees with code that routes decoded ones. Reserved characters stay encoded, such as the
 * slash in a model's id.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
final class CanonicalPathFilter extends OncePerRequestFilter {

    /** Letters, digits, {@code - . _ ~} in hexadecimal. */
    private static final Pattern ENCODED_UNRESERVED =
            Pattern.compile("%(2[DE]|3[0-9]|[46][1-9A-F]|[57][0-9A]|5F|7E)", Pattern.CASE_INSENSITIVE);

    private static final int LONGEST_SHOWN = 200;

    private final ErrorWriter errors;

    CanonicalPathFilter(ErrorWriter errors) {
        this.errors = errors;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String path = request.getRequestURI();
        String canonical = canonical(path);
        if (path.equals(canonical)) {
            chain.doFilter(request, response);
        } else {
            errors.write(
                    response,
                    new Refusal(
                            RefusalCode.INVALID_VALUE,
                            "The path '" + shown(path)
                                    + "' percent-encodes letters, digits, '-', '.', '_' or '~', which must not be"
                                    + " encoded. Send '"
                                    + shown(canonical) + "'."));
        }
    }

    /** The path with its unreserved characters decoded. */
    static String canonical(String path) {
        return ENCODED_UNRESERVED.matcher(path).replaceAll(CanonicalPathFilter::decoded);
    }

    private static String decoded(MatchResult encoded) {
        return Character.toString(Integer.parseInt(encoded.group(1), 16));
    }

    private static String shown(String path) {
        return path.length() <= LONGEST_SHOWN ? path : path.substring(0, LONGEST_SHOWN) + "…";
    }
}
