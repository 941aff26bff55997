package dev.anneal.service.role;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** A process without the role {@code api} opens no port for it, whatever is configured; health and metrics have their own. */
final class RoleDefaults implements EnvironmentPostProcessor, Ordered {

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (!Role.in(environment).contains(Role.API)) {
            environment.getPropertySources().addFirst(new MapPropertySource("roles", Map.of("server.port", "-1")));
        }
    }

    /** After the files of configuration are read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
