package dev.anneal.service.access.http;

import dev.anneal.service.access.tenant.Principal;
import dev.anneal.service.access.tenant.Scope;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The object {@code anneal.credential}.
 *
 * @param id its name in the audit log
 * @param projectId the tenant whose objects it reaches; null if it reaches none, as administrators' keys
 */
record CredentialBody(
        String object, String kind, String id, @Nullable String projectId, List<String> scopes) {

    static CredentialBody of(Principal principal) {
        boolean isOfATenant = !Collections.disjoint(principal.scopes(), Scope.ofTenants());
        return new CredentialBody(
                "anneal.credential",
                principal.credential().kind().wireName(),
                principal.credential().id(),
                isOfATenant ? principal.tenant().id() : null,
                principal.scopes().stream().sorted().map(Scope::wireName).toList());
    }
}
