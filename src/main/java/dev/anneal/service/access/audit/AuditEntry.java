package dev.anneal.service.access.audit;

import dev.anneal.service.access.tenant.Credential;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of the service, and what became of it. Never holds a body, a query or a header: these may be secrets.
 *
 * @param action such as {@code file.created}
 * @param outcome {@code succeeded}, {@code failed} or {@code denied}
 * @param project the actor's tenant, or the project that an administrator's request is about
 * @param object id of what was made, changed or deleted
 */
public record AuditEntry(
        String id,
        Instant at,
        String action,
        String outcome,
        int status,
        @Nullable Credential actor,
        @Nullable String project,
        @Nullable String object,
        Origin origin) {

    /** Where a request came from, and by which names other logs know it. */
    public record Origin(
            String method,
            String path,
            String clientIp,
            String requestId,
            @Nullable String traceId) {}
}
