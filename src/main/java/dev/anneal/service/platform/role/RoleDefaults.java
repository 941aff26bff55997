package dev.anneal.service.platform.role;

import java.util.Map;
import java.util.Set;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * A process with neither the role {@code api} nor {@code inference} opens no port for the API, whatever is configured,
 * only that for health and metrics. A process with the role {@code migrate} opens none at all, and migrates even if
 * migrations are disabled for other processes.
 */
final class RoleDefaults implements EnvironmentPostProcessor, Ordered {

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Set<Role> roles = Role.in(environment);
        if (roles.contains(Role.MIGRATE)) {
            environment
                    .getPropertySources()
                    .addFirst(new MapPropertySource(
                            "roles",
                            Map.of("spring.main.web-application-type", "none", "spring.flyway.enabled", "true")));
        } else if (!roles.contains(Role.API) && !roles.contains(Role.INFERENCE)) {
            environment.getPropertySources().addFirst(new MapPropertySource("roles", Map.of("server.port", "-1")));
        }
    }

    /** After configuration files are read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
