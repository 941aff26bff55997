package dev.anneal.service.access.tenant;

import java.util.Set;

/**
 * The sender of a request, and what it may do. Administrators' keys belong to no tenant: theirs is {@link Tenant#DEFAULT}, whose rows none of their scopes
 * reaches.
 */
public record Principal(Tenant tenant, Set<Scope> scopes, Credential credential) {

    /** Of every request to an installation without keys. It does not administer: that begins with a configured key. */
    public static final Principal LOCAL = new Principal(Tenant.DEFAULT, Scope.ofLocals(), Credential.NONE);

    public Principal {
        scopes = Set.copyOf(scopes);
    }

    public boolean has(Scope scope) {
        return scopes.contains(scope);
    }
}
