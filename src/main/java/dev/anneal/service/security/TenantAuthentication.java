package dev.anneal.service.security;

import dev.anneal.service.tenant.Tenant;
import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/** A request that is known to come from a tenant. */
final class TenantAuthentication extends AbstractAuthenticationToken {

    private final Tenant tenant;

    TenantAuthentication(Tenant tenant) {
        super(List.of());
        this.tenant = tenant;
        super.setAuthenticated(true);
    }

    @Override
    public Tenant getPrincipal() {
        return tenant;
    }

    /** The key is not kept beyond its check. */
    @Override
    public Object getCredentials() {
        return "";
    }
}
