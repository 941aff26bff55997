package dev.anneal.service.inference;

import dev.anneal.service.platform.role.Role;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Health of generation. Present in every process, because {@code management.endpoint.health.group.readiness} names an
 * indicator for all.
 */
@Configuration(proxyBeanMethods = false)
class GenerationHealth {

    /** Whether the process that generates gives signs of life. */
    @Bean
    HealthIndicator generationHealthIndicator(ObjectProvider<LocalGenerator> generator) {
        return () -> of(generator);
    }

    /**
     * The same as readiness: a process that also serves the API stays ready, because only its generation is held up.
     */
    @Bean
    HealthIndicator generationReadinessHealthIndicator(
            ObjectProvider<LocalGenerator> generator, Environment environment) {
        boolean servesApi = Role.in(environment).contains(Role.API);
        return () -> servesApi ? Health.up().build() : of(generator);
    }

    private static Health of(ObjectProvider<LocalGenerator> generator) {
        LocalGenerator here = generator.getIfAvailable();
        return here != null && here.isHeldUp()
                ? Health.outOfService()
                        .withDetail("message", "The process that generates gives no sign of life.")
                        .build()
                : Health.up().build();
    }
}
