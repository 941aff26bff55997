package dev.anneal.service.access.audit;

import dev.anneal.service.access.tenant.Credential;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request and its outcome. Contains no body, query or header, because these may be secrets.
 *
 * @param action such as {@code file.created}
 * @param outcome {@code succeeded}, {@code failed} or {@code denied}
 * @param project the actor's tenant, or the project that an administrator's request is about
 * @param object id of the object created, changed or deleted
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

    /** Origin of a request, and its ids in other logs. */
    public record Origin(
            String method,
            String path,
            String clientIp,
            String requestId,
            @Nullable String traceId) {}
}
