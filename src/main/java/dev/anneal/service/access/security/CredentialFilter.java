package dev.anneal.service.access.security;

import dev.anneal.service.access.audit.AuditFilter;
import dev.anneal.service.access.tenant.ApiKeys;
import dev.anneal.service.access.tenant.DownloadLinks;
import dev.anneal.service.access.tenant.Principal;
import dev.anneal.service.access.web.ErrorWriter;
import dev.anneal.service.platform.database.DatabaseOutage;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;
import org.springframework.transaction.TransactionException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Finds the sender of a request by its bearer key or token, or by its link. If neither keys nor tokens are configured,
 * all requests belong to the default tenant.
 */
final class CredentialFilter extends OncePerRequestFilter {

    private static final String SCHEME = "Bearer ";
    private static final Pattern LINK = Pattern.compile("(?:^|&)" + DownloadLinks.PARAMETER + "=([^&]*)");
    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final String LOG_KEY = "tenant";

    /** Attribute with the sender of a request that continues on another thread. */
    private static final String PRINCIPAL = CredentialFilter.class.getName();

    private final ApiKeys keys;
    private final Tokens tokens;
    private final DownloadLinks links;
    private final FailedAuthentications failed;
    private final ErrorWriter errors;

    CredentialFilter(
            ApiKeys keys, Tokens tokens, DownloadLinks links, FailedAuthentications failed, ErrorWriter errors) {
        this.keys = keys;
        this.tokens = tokens;
        this.links = links;
        this.failed = failed;
        this.errors = errors;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Principal> principal;
        try {
            principal = principalOf(request);
        } catch (Refusal refusal) {
            if (refusal.code().isServiceFault()) {
                // The issuer is unreachable: not a failed authentication.
                errors.write(response, refusal);
            } else {
                failed.refuse(request, response, refusal);
            }
            return;
        } catch (DataAccessException | TransactionException away) {
            if (!DatabaseOutage.explains(away)) {
                throw away;
            }
            logger.warn("The database did not answer the look-up of an API key; the client is told to try again: "
                    + DatabaseOutage.reason(away));
            errors.write(response, DatabaseOutage.refusal(away));
            return;
        }
        if (principal.isPresent()) {
            authenticated(principal.get(), request, response, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    /** Async dispatches (server-sent events) run on other threads and need the sender as well. */
    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    private void authenticated(
            Principal principal, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        // The key is not kept beyond its check.
        context.setAuthentication(new PreAuthenticatedAuthenticationToken(principal, "", List.of()));
        SecurityContextHolder.setContext(context);
        response.setHeader("openai-organization", principal.tenant().id());
        request.setAttribute(PRINCIPAL, principal);
        AuditFilter.identify(request, principal);
        MDC.put(LOG_KEY, principal.tenant().id());
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(LOG_KEY);
        }
    }

    private Optional<Principal> principalOf(HttpServletRequest request) {
        if (isAsyncDispatch(request) && request.getAttribute(PRINCIPAL) instanceof Principal begun) {
            return Optional.of(begun);
        }
        if (!keys.required() && !tokens.areConfigured()) {
            return Optional.of(Principal.LOCAL);
        }
        String link = linkOf(request);
        if (link != null) {
            return Optional.of(ofLink(link, request));
        }
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header == null) {
            return Optional.empty();
        }
        if (Collections.list(request.getHeaders(HttpHeaders.AUTHORIZATION)).size() > 1) {
            throw new Refusal(RefusalCode.INVALID_API_KEY, "There is more than one Authorization header.");
        }
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new Refusal(RefusalCode.INVALID_API_KEY, "The Authorization header must read 'Bearer <key>'.");
        }
        String credential = header.substring(SCHEME.length()).strip();
        return Optional.of(tokens.isToken(credential) ? ofToken(credential) : ofKey(credential, request));
    }

    /**
     * The secret of a link, which needs no decoding; links only read. A browser may send credentials for a proxy along
     * with one, so it comes before the Authorization header.
     */
    private static @Nullable String linkOf(HttpServletRequest request) {
        String query = request.getQueryString();
        if (query == null || !READING.contains(request.getMethod())) {
            return null;
        }
        Matcher link = LINK.matcher(query);
        return link.find() ? link.group(1) : null;
    }

    private Principal ofLink(String link, HttpServletRequest request) {
        Optional<Principal> owner = Optional.empty();
        if (links.hasForm(link)) {
            failed.requireTriesLeft(request, () -> keys.mayBeIssued(link));
            owner = links.principalOf(link, request.getRequestURI());
        }
        Principal principal = owner.orElseThrow(() -> new Refusal(
                RefusalCode.INVALID_LINK,
                "This link does not open '" + request.getRequestURI()
                        + "': it has expired, is for another path, or is none of this installation. Ask for a"
                        + " new one."));
        keys.requireOpen(principal.tenant());
        return principal;
    }

    private Principal ofToken(String token) {
        Principal principal = tokens.principalOf(token);
        keys.requireOpen(principal.tenant());
        return principal;
    }

    private Principal ofKey(String key, HttpServletRequest request) {
        if (!keys.isKnownWithoutLookup(key)) {
            failed.requireTriesLeft(request, () -> keys.mayBeIssued(key));
        }
        return keys.principalOf(key)
                .orElseThrow(() -> new Refusal(
                        RefusalCode.INVALID_API_KEY,
                        "Incorrect API key provided. It is not one of this installation."));
    }
}
