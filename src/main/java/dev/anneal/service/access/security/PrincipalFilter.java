package dev.anneal.service.access.security;

import dev.anneal.service.access.tenant.Principal;
import dev.anneal.service.access.tenant.Scope;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.web.filter.OncePerRequestFilter;

/** A filter for requests whose sender is known; others pass. Runs after the filters that find the sender. */
abstract class PrincipalFilter extends OncePerRequestFilter {

    /** Key under which all administrators are counted. It begins with a capital letter, unlike tenant ids. */
    private static final String ADMINISTRATORS = "Administrators";

    @Override
    protected final void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Principal> principal = CurrentPrincipal.find();
        if (principal.isPresent()) {
            filter(principal.get(), request, response, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    abstract void filter(
            Principal principal, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException;

    /** Whom limits count: the tenant, or all administrators together. */
    static String callerOf(Principal principal) {
        return principal.has(Scope.ADMIN) ? ADMINISTRATORS : principal.tenant().id();
    }
}
