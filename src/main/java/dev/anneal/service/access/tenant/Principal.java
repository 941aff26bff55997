package dev.anneal.service.access.tenant;

import java.util.Set;

/**
 * The sender of a request with its scopes. Administrators' keys belong to no tenant: they have {@link Tenant#DEFAULT},
 * but no scope that reaches its rows.
 */
public record Principal(Tenant tenant, Set<Scope> scopes, Credential credential) {

    /**
     * Sender of all requests to an installation without keys. It cannot administer, which requires a configured key.
     */
    public static final Principal LOCAL = new Principal(Tenant.DEFAULT, Scope.ofLocals(), Credential.NONE);

    public Principal {
        scopes = Set.copyOf(scopes);
    }

    public boolean has(Scope scope) {
        return scopes.contains(scope);
    }
}
