package dev.anneal.service.access.security;

import dev.anneal.service.access.tenant.Principal;
import org.springframework.security.core.context.SecurityContextHolder;

/** The sender of this thread's request. */
final class CurrentPrincipal {

    private CurrentPrincipal() {}

    /** @throws IllegalStateException if the request did not pass the filter chain, which is a fault of the service */
    static Principal get() {
        if (SecurityContextHolder.getContext().getAuthentication() instanceof PrincipalAuthentication authentication) {
            return authentication.getPrincipal();
        }
        throw new IllegalStateException("A path that needs to know who asks is not behind the security filter chain");
    }
}
