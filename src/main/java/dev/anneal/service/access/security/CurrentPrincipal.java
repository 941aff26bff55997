package dev.anneal.service.access.security;

import dev.anneal.service.access.tenant.Principal;
import java.util.Optional;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/** The sender of this thread's request. */
final class CurrentPrincipal {

    private CurrentPrincipal() {}

    /** @throws IllegalStateException if the request did not pass the filter chain, which is a fault of the service */
    static Principal get() {
        return find().orElseThrow(() -> new IllegalStateException(
                "A path that needs to know who asks is not behind the security filter chain"));
    }

    /** The sender, if it is known. */
    static Optional<Principal> find() {
        return Optional.ofNullable(SecurityContextHolder.getContext().getAuthentication())
                .map(Authentication::getPrincipal)
                .filter(Principal.class::isInstance)
                .map(Principal.class::cast);
    }
}
