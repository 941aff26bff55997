package dev.anneal.service.access.security;

import dev.anneal.service.platform.startup.StartRefusedException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Restricts a service without keys to this machine: both ports listen on the loopback interface unless an address is
 * configured, and the API's port refuses an address that other machines can reach.
 */
final class LoopbackDefaults implements EnvironmentPostProcessor, Ordered {

    private static final String ADDRESS = "server.address";
    /** If any of these or an issuer is set, requests need a credential. */
    private static final List<String> CREDENTIALS = List.of("anneal.api-keys", "anneal.admin-keys");

    private static final String LOOPBACK = "127.0.0.1";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (CREDENTIALS.stream().anyMatch(property -> isSet(environment, property)) || hasIssuers(environment)) {
            return;
        }
        String configured = environment.getProperty(ADDRESS);
        if (configured != null && !isLoopback(configured)) {
            throw new StartRefusedException(
                    "Anneal would serve everybody who reaches " + configured + ": no API keys are configured.",
                    "Set anneal.api-keys (environment: ANNEAL_API_KEYS) to entries of the form tenant:key, or"
                            + " anneal.admin-keys (ANNEAL_ADMIN_KEYS) to make keys over the API, or remove"
                            + " server.address"
                            + " to serve this machine alone.");
        }
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        "loopbackDefaults",
                        Map.of(
                                ADDRESS,
                                LOOPBACK,
                                "management.server.address",
                                LOOPBACK,
                                // On Kubernetes the framework trusts X-Forwarded-Host, which any web page can send.
                                "server.forward-headers-strategy",
                                "none")));
    }

    private static boolean isSet(ConfigurableEnvironment environment, String property) {
        return !Binder.get(environment)
                .bind(property, Bindable.listOf(Object.class))
                .orElse(List.of())
                .isEmpty();
    }

    private static boolean hasIssuers(ConfigurableEnvironment environment) {
        return Binder.get(environment)
                .bind("anneal.oidc", OidcProperties.class)
                .map(oidc -> !oidc.issuers().isEmpty())
                .orElse(false);
    }

    /** Whether only this machine reaches {@code address}. */
    static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException(ADDRESS + " names no known address: '" + address + "'", unknown);
        }
    }

    /** After configuration files are read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
