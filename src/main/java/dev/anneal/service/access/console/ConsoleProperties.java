package dev.anneal.service.access.console;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The console in the browser.
 *
 * @param enabled whether it is served at {@code /}
 * @param oidc how its users sign in by an issuer of {@code anneal.oidc.issuers}; null: by API keys alone
 */
@ConfigurationProperties("anneal.console")
record ConsoleProperties(
        @DefaultValue("true") boolean enabled, @Nullable Oidc oidc) {

    /**
     * The console as a public client of an issuer: authorization code flow with PKCE, RFC 7636.
     *
     * @param issuer an {@code anneal.oidc.issuers[].uri}, which lets pages of this service's origin read its OpenID
     *     configuration and its token endpoint, both at its own origin
     * @param clientId the console's id there; its redirect address is this service's, with a slash at the end
     * @param scopes what is asked for
     */
    record Oidc(
            URI issuer,
            String clientId,
            @DefaultValue("openid") List<String> scopes) {

        Oidc {
            if (issuer == null || issuer.getHost() == null || clientId == null || clientId.isBlank()) {
                throw new IllegalArgumentException(
                        ("anneal.console.oidc needs an issuer, such as https://issuer.example, and a client-id,"
                                        + " but has %s and %s")
                                .formatted(issuer, clientId));
            }
            scopes = List.copyOf(scopes);
        }

        /** Scheme, host and port. */
        String origin() {
            return issuer.getScheme() + "://" + issuer.getRawAuthority();
        }
    }
}
