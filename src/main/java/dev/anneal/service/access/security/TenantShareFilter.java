package dev.anneal.service.access.security;

import dev.anneal.service.access.quota.TenantSlots;
import dev.anneal.service.access.tenant.Principal;
import dev.anneal.service.access.web.ErrorWriter;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Leaves half of the container's threads to others than any one tenant, whose clients may send and read as slowly as
 * they like.
 */
final class TenantShareFilter extends PrincipalFilter {

    private final TenantSlots threads;
    private final ErrorWriter errors;

    /** @param threads of the container */
    TenantShareFilter(int threads, ErrorWriter errors) {
        this.threads = new TenantSlots(threads, (threads + 1) / 2);
        this.errors = errors;
    }

    @Override
    void filter(Principal principal, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String caller = callerOf(principal);
        if (!threads.take(caller)) {
            errors.write(
                    response,
                    new Refusal(
                            RefusalCode.QUEUE_FULL,
                            ("%d of your requests are being answered by this process, which is the most at a"
                                            + " time. Try again.")
                                    .formatted(threads.mostOfTenant())));
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            threads.giveBack(caller);
        }
    }
}
