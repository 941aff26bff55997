package dev.anneal.service.access.security;

import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Issuers whose signed tokens are accepted in addition to keys.
 *
 * @param issuers OpenID Connect issuers, each with its audiences and claims
 */
@ConfigurationProperties("anneal.oidc")
record OidcProperties(@DefaultValue List<Issuer> issuers) {

    OidcProperties {
        issuers = List.copyOf(issuers);
    }

    /**
     * An issuer.
     *
     * @param uri the {@code iss} of its tokens; its OpenID configuration is below this address
     * @param jwkSetUri address of its public keys; null: as in its OpenID configuration
     * @param audiences accepted audiences; a token must name one of them
     * @param tenantClaim claim that names the tenant; a JSON pointer if it begins with a slash
     * @param tenants tenants that its tokens may name; if empty, any
     * @param scopeClaim claim that holds the scopes, as a list or separated by spaces; a JSON pointer if it begins with
     *     a slash
     * @param scopePrefix prefix of this service's scopes in the claim; other scopes are ignored
     * @param defaultScopes scopes of a token without the claim
     * @param grantsAdmin whether this issuer's tokens can grant administration
     */
    record Issuer(
            String uri,
            @Nullable String jwkSetUri,
            @DefaultValue List<String> audiences,
            @DefaultValue("tenant") String tenantClaim,
            @DefaultValue List<String> tenants,
            @DefaultValue("scope") String scopeClaim,
            @DefaultValue("") String scopePrefix,
            @DefaultValue List<String> defaultScopes,
            @DefaultValue("false") boolean grantsAdmin) {

        Issuer {
            if (uri == null || uri.isBlank()) {
                throw new IllegalArgumentException(
                        "anneal.oidc.issuers: an issuer has no uri, which is the 'iss' of its tokens, such as"
                                + " https://issuer.example");
            }
            audiences = List.copyOf(audiences);
            tenants = List.copyOf(tenants);
            defaultScopes = List.copyOf(defaultScopes);
            if (audiences.isEmpty()) {
                throw new IllegalArgumentException("anneal.oidc.issuers: '" + uri + "' has no audiences."
                        + " Without them tokens that it made for other services would be taken");
            }
            for (String id : tenants) {
                if (!Tenant.isId(id)) {
                    throw new IllegalArgumentException("anneal.oidc.issuers: tenants of '" + uri
                            + "' must be ids of tenants (1 to 63 lower-case letters, digits and hyphens), but hold '"
                            + id + "'");
                }
            }
            for (String name : defaultScopes) {
                if (Scope.named(name).isEmpty()) {
                    throw new IllegalArgumentException("anneal.oidc.issuers: default-scopes of '" + uri
                            + "' must be among " + Scope.list(List.of(Scope.values())) + ", but hold '" + name + "'");
                }
            }
        }
    }
}
