package dev.anneal.service.security;

import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;
import dev.anneal.service.tenant.ApiKeys;
import dev.anneal.service.tenant.Tenant;
import dev.anneal.service.web.ErrorWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.MDC;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.transaction.TransactionException;
import org.springframework.web.filter.OncePerRequestFilter;

/** Finds the tenant of a request by its bearer key; without configured keys it is always the default tenant. */
final class ApiKeyFilter extends OncePerRequestFilter {

    private static final String SCHEME = "Bearer ";
    private static final String LOG_KEY = "tenant";

    private final ApiKeys keys;
    private final ErrorWriter errors;

    ApiKeyFilter(ApiKeys keys, ErrorWriter errors) {
        this.keys = keys;
        this.errors = errors;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Tenant> tenant;
        try {
            tenant = tenantOf(request);
        } catch (Refusal refusal) {
            errors.write(response, refusal);
            return;
        } catch (DataAccessException | TransactionException away) {
            logger.warn(
                    "The database did not answer the look-up of an API key; the client is told to try again: " + away);
            errors.write(
                    response, new Refusal(RefusalCode.SERVICE_UNAVAILABLE, "The database does not answer. Try again."));
            return;
        }
        if (tenant.isPresent()) {
            authenticated(tenant.get(), request, response, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    /** Async dispatches (server-sent events) run on other threads and need the tenant again. */
    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    private void authenticated(
            Tenant tenant, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(new TenantAuthentication(tenant));
        SecurityContextHolder.setContext(context);
        response.setHeader("openai-organization", tenant.id());
        MDC.put(LOG_KEY, tenant.id());
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(LOG_KEY);
        }
    }

    private Optional<Tenant> tenantOf(HttpServletRequest request) {
        if (!keys.required()) {
            return Optional.of(Tenant.DEFAULT);
        }
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null) {
            return Optional.empty();
        }
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new Refusal(RefusalCode.INVALID_API_KEY, "The Authorization header must read 'Bearer <key>'.");
        }
        Optional<Tenant> tenant =
                keys.tenantOf(header.substring(SCHEME.length()).strip());
        if (tenant.isEmpty()) {
            throw new Refusal(
                    RefusalCode.INVALID_API_KEY, "Incorrect API key provided. It is not one of this installation.");
        }
        return tenant;
    }
}
