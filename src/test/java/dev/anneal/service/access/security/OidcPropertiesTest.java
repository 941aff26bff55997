package dev.anneal.service.access.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The properties of issuers, by their documented names. */
class OidcPropertiesTest {

    @Test
    void defaults() {
        assertThat(bind(Map.of()).issuers()).isEmpty();

        OidcProperties.Issuer issuer = bind(Map.of(
                        "anneal.oidc.issuers[0].uri",
                        "https://a.example",
                        "anneal.oidc.issuers[0].audiences",
                        "anneal"))
                .issuers()
                .get(0);

        assertThat(issuer.jwkSetUri()).isNull();
        assertThat(issuer.tenantClaim()).isEqualTo("tenant");
        assertThat(issuer.scopeClaim()).isEqualTo("scope");
        assertThat(issuer.scopePrefix()).isEmpty();
        assertThat(issuer.defaultScopes()).isEmpty();
        assertThat(issuer.tenants()).isEmpty();
        assertThat(issuer.grantsAdmin()).isFalse();
    }

    @Test
    void audiencesAreRequired() {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> bind(Map.of("anneal.oidc.issuers[0].uri", "https://a.example")))
                .withStackTraceContaining("'https://a.example' has no audiences");
    }

    @Test
    void defaultScopesAreKnown() {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> bind(Map.of(
                        "anneal.oidc.issuers[0].uri", "https://a.example",
                        "anneal.oidc.issuers[0].audiences", "anneal",
                        "anneal.oidc.issuers[0].default-scopes", "jobs:all")))
                .withStackTraceContaining("but hold 'jobs:all'");
    }

    @Test
    void tenantsAreIds() {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> bind(Map.of(
                        "anneal.oidc.issuers[0].uri", "https://a.example",
                        "anneal.oidc.issuers[0].audiences", "anneal",
                        "anneal.oidc.issuers[0].tenants", "team-a,Team B")))
                .withStackTraceContaining("but hold 'Team B'");
    }

    private static OidcProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("anneal.oidc", OidcProperties.class);
    }
}
