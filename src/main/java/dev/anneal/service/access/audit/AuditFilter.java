package dev.anneal.service.access.audit;

import dev.anneal.service.access.tenant.Credential;
import dev.anneal.service.access.tenant.Principal;
import dev.anneal.service.platform.database.Identifiers;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Adds an entry to the audit log after the answer to each request that changed something or was denied. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 5)
public final class AuditFilter extends OncePerRequestFilter {

    private static final int LONGEST_TEXT = 500;

    private final AuditLog entries;
    private final Identifiers identifiers;
    private final Clock clock;

    AuditFilter(AuditLog entries, Identifiers identifiers, Clock clock) {
        this.entries = entries;
        this.identifiers = identifiers;
        this.clock = clock;
    }

    /** Records who sent {@code request}. */
    public static void identify(HttpServletRequest request, Principal principal) {
        request.setAttribute(AuditedRequest.PRINCIPAL, principal);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean isAnswered = false;
        try {
            chain.doFilter(request, response);
            isAnswered = true;
        } finally {
            AuditedRequest audited = new AuditedRequest(request, isAnswered ? response.getStatus() : 500);
            if (audited.belongsIntoTheLog()) {
                entries.add(entry(audited, request, response));
            }
        }
    }

    private AuditEntry entry(AuditedRequest audited, HttpServletRequest request, HttpServletResponse response) {
        Principal principal = audited.principal();
        Credential actor = principal == null ? null : principal.credential();
        String requestId = response.getHeader("x-request-id");
        return new AuditEntry(
                identifiers.next("audit_log-"),
                clock.instant(),
                audited.action(),
                audited.outcome(),
                audited.status(),
                actor,
                audited.project(),
                printable(audited.object()),
                new AuditEntry.Origin(
                        request.getMethod(),
                        Objects.requireNonNull(printable(request.getRequestURI())),
                        request.getRemoteAddr(),
                        requestId == null ? "" : requestId,
                        traceId(request)));
    }

    /** The trace id of this process or its caller, if any. */
    private static @Nullable String traceId(HttpServletRequest request) {
        String own = MDC.get("traceId");
        String parent = request.getHeader("traceparent");
        if (own != null) {
            return own;
        }
        return parent != null && parent.matches("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
                ? parent.substring(3, 35)
                : null;
    }

    /**
     * Replaces unprintable characters of a path, which clients choose freely, among them U+0000, which PostgreSQL does
     * not store.
     */
    private static @Nullable String printable(@Nullable String text) {
        return text == null
                ? null
                : text.substring(0, Math.min(text.length(), LONGEST_TEXT)).replaceAll("\\p{C}", "?");
    }
}
