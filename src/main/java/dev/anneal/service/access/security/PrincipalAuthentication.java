package dev.anneal.service.access.security;

import dev.anneal.service.access.tenant.Principal;
import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/** A request whose sender is known. */
final class PrincipalAuthentication extends AbstractAuthenticationToken {

    private final Principal principal;

    PrincipalAuthentication(Principal principal) {
        super(List.of());
        this.principal = principal;
        super.setAuthenticated(true);
    }

    @Override
    public Principal getPrincipal() {
        return principal;
    }

    /** The key is not kept beyond its check. */
    @Override
    public Object getCredentials() {
        return "";
    }
}
