package dev.anneal.service.access.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.penetration.Penetration;
import dev.anneal.service.platform.startup.StartRefusedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.mock.env.MockEnvironment;

/** Who can reach an installation without keys. */
@Penetration
class LoopbackDefaultsTest {

    private final MockEnvironment environment = new MockEnvironment();

    @Test
    void withoutKeysBothPortsListenOnLoopback() {
        apply();

        assertThat(environment.getProperty("server.address")).isEqualTo("127.0.0.1");
        assertThat(environment.getProperty("management.server.address")).isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"anneal.api-keys", "anneal.admin-keys[0]"})
    void withKeysTheAddressIsTheOperators(String property) {
        environment.setProperty(property, "a:0123456789abcdef");

        apply();

        assertThat(environment.getProperty("server.address")).isNull();
    }

    @Test
    void withAnIssuerTheAddressIsTheOperators() {
        environment.setProperty("anneal.oidc.issuers[0].uri", "https://issuer.example");
        environment.setProperty("anneal.oidc.issuers[0].audiences", "anneal");

        apply();

        assertThat(environment.getProperty("server.address")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost"})
    void loopbackMayBeNamed(String address) {
        environment.setProperty("server.address", address);

        apply();

        assertThat(environment.getProperty("server.address")).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.7"})
    void addressThatOthersReachNeedsKeys(String address) {
        environment.setProperty("server.address", address);

        assertThatExceptionOfType(StartRefusedException.class)
                .isThrownBy(this::apply)
                .satisfies(refused -> {
                    assertThat(refused).hasMessageContaining(address);
                    assertThat(refused.action()).contains("anneal.api-keys", "ANNEAL_API_KEYS");
                });
    }

    private void apply() {
        new LoopbackDefaults().postProcessEnvironment(environment, new SpringApplication());
    }
}
