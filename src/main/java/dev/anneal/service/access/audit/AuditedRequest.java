package dev.anneal.service.access.audit;

import dev.anneal.service.access.tenant.Principal;
import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;

/** Facts about a handled request for the audit log. */
record AuditedRequest(HttpServletRequest request, int status) {

    /** Attribute with the sender of the request, once known. */
    static final String PRINCIPAL = "dev.anneal.principal";

    /** Attribute with the id of the answer's object. */
    static final String OBJECT = "dev.anneal.audited-object";

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");
    private static final Set<Scope> CHANGING = Set.of(
            Scope.FILES_WRITE,
            Scope.JOBS_WRITE,
            Scope.MODELS_WRITE,
            Scope.WEBHOOKS_WRITE,
            Scope.INSTALLATION_WRITE,
            Scope.ADMIN);
    private static final Set<Integer> DENIED = Set.of(401, 403);

    /** Whether the request changed or tried to change something, or was refused because of its sender. */
    boolean belongsIntoTheLog() {
        return DENIED.contains(status) || (!READING.contains(request.getMethod()) && changes());
    }

    private boolean changes() {
        RequiresScope required =
                request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE) instanceof HandlerMethod method
                        ? method.getMethodAnnotation(RequiresScope.class)
                        : null;
        return required != null && CHANGING.contains(required.value());
    }

    String outcome() {
        if (DENIED.contains(status)) {
            return "denied";
        }
        return status < 400 ? "succeeded" : "failed";
    }

    /** The action, by OpenAI's name if there is one. */
    String action() {
        if (status == 401) {
            return "login.failed";
        }
        Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
        return pattern == null ? "request.denied" : ActionName.of(request.getMethod(), pattern.toString());
    }

    @Nullable
    Principal principal() {
        return request.getAttribute(PRINCIPAL) instanceof Principal principal ? principal : null;
    }

    /** The project that an administrator's request names or created, otherwise the sender's own project. */
    @Nullable
    String project() {
        if (variables().get("projectId") instanceof String project) {
            return project;
        }
        Principal principal = principal();
        if (action().equals("project.created") && outcome().equals("succeeded")) {
            return object();
        }
        return principal == null || principal.has(Scope.ADMIN)
                ? null
                : principal.tenant().id();
    }

    /** The object of the answer, or the last variable of the path. */
    @Nullable
    String object() {
        if (request.getAttribute(OBJECT) instanceof String made) {
            return made;
        }
        Object last = null;
        for (Object value : variables().values()) {
            last = value;
        }
        return last == null ? null : last.toString();
    }

    private Map<?, ?> variables() {
        return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables
                ? variables
                : Map.of();
    }
}
