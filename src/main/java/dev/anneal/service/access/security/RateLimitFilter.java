package dev.anneal.service.access.security;

import dev.anneal.service.access.ratelimit.RateLimit;
import dev.anneal.service.access.ratelimit.RateLimit.Allowance;
import dev.anneal.service.access.tenant.Principal;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.web.ErrorWriter;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.apache.commons.lang3.ObjectUtils;

/**
 * Counts the requests of each tenant and of administrators together, and reports the remaining ones in OpenAI's
 * headers. Runs after the filters that find the sender.
 */
final class RateLimitFilter extends PrincipalFilter {

    /** OpenAI's SDKs read this before {@code retry-after}, which knows only whole seconds. */
    private static final String RETRY_MILLIS = "retry-after-ms";

    /** The Python SDK ignores longer hints. */
    private static final Duration LONGEST_HINT = Duration.ofSeconds(8);

    private final RateLimit limit;
    private final ErrorWriter errors;

    RateLimitFilter(RateLimit limit, ErrorWriter errors) {
        this.limit = limit;
        this.errors = errors;
    }

    @Override
    void filter(Principal principal, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Allowance allowance = limit.take(callerOf(principal));
        response.setHeader("x-ratelimit-limit-requests", Long.toString(allowance.limit()));
        response.setHeader("x-ratelimit-remaining-requests", Long.toString(allowance.remaining()));
        response.setHeader("x-ratelimit-reset-requests", text(allowance.untilFull()));
        if (allowance.isGranted()) {
            chain.doFilter(request, response);
        } else {
            Duration hint = ObjectUtils.min(allowance.untilNext(), LONGEST_HINT);
            response.setHeader(RETRY_MILLIS, Long.toString(hint.toMillis() + 1));
            errors.write(
                    response,
                    new Refusal(
                            RefusalCode.RATE_LIMIT_EXCEEDED,
                            "%s sent more than %d requests in a minute. Try again in %s."
                                    .formatted(caller(principal), allowance.limit(), text(allowance.untilNext()))));
        }
    }

    private static String caller(Principal principal) {
        return principal.has(Scope.ADMIN)
                ? "Administrators have"
                : "Tenant '" + principal.tenant().id() + "' has";
    }

    /** A duration in OpenAI's format: {@code 12ms}, {@code 1s}, {@code 6m0s}. */
    static String text(Duration duration) {
        if (duration.toSeconds() == 0) {
            return duration.toMillis() + "ms";
        }
        return (duration.toMinutes() == 0 ? "" : duration.toMinutes() + "m") + duration.toSecondsPart() + "s";
    }
}
