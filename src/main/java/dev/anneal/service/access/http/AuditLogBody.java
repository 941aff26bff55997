package dev.anneal.service.access.http;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.service.access.audit.AuditEntry;
import dev.anneal.service.access.tenant.Credential;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the audit log in the API: OpenAI's fields, and further ones in {@code anneal}.
 *
 * @param details details under the name of the event, as in OpenAI's API
 */
record AuditLogBody(
        String id,
        String type,
        Instant effectiveAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Project project,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Actor actor,
        Anneal anneal,
        @JsonAnyGetter Map<String, Details> details) {

    AuditLogBody {
        details = Map.copyOf(details);
    }

    /** The project that the request was about. */
    record Project(String id) {}

    /** Either a key, or a session for tokens and requests without a credential. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Actor(
            String type, @Nullable Key apiKey, @Nullable Session session) {}

    /** Each key belongs to its own service account. */
    record Key(String id, String type, ServiceAccount serviceAccount) {}

    /** The account of a key; both have the same id. */
    record ServiceAccount(String id) {}

    /** A request with a token, or from the local machine. */
    record Session(User user, String ipAddress) {}

    /** The token's issuer and subject. */
    record User(String id) {}

    /** Object of the action. */
    record Details(
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String id) {}

    /** Fields in addition to OpenAI's. */
    record Anneal(
            String outcome,
            int status,
            @Nullable String actorKind,
            @Nullable String object,
            String method,
            String path,
            String clientIp,
            String requestId,
            @Nullable String traceId) {}

    static AuditLogBody of(AuditEntry entry) {
        AuditEntry.Origin origin = entry.origin();
        Credential actor = entry.actor();
        return new AuditLogBody(
                entry.id(),
                entry.action(),
                entry.at(),
                entry.project() == null ? null : new Project(entry.project()),
                actor == null ? null : actor(actor, origin.clientIp()),
                new Anneal(
                        entry.outcome(),
                        entry.status(),
                        actor == null ? null : actor.kind().wireName(),
                        entry.object(),
                        origin.method(),
                        origin.path(),
                        origin.clientIp(),
                        origin.requestId(),
                        origin.traceId()),
                Map.of(entry.action(), new Details(entry.object())));
    }

    private static Actor actor(Credential actor, String clientIp) {
        return switch (actor.kind()) {
            case CONFIGURED_KEY, API_KEY, ADMIN_API_KEY, SERVICE_KEY ->
                new Actor("api_key", new Key(actor.id(), "service_account", new ServiceAccount(actor.id())), null);
            case NONE, TOKEN -> new Actor("session", null, new Session(new User(actor.id()), clientIp));
        };
    }
}
