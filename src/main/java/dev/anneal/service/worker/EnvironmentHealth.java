package dev.anneal.service.worker;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Whether the worker's environment lets it work. Part of {@code /actuator/health} and of no probe: a restart mends no disk, and a process that also serves
 * the API goes on doing that.
 */
final class EnvironmentHealth extends AbstractHealthIndicator {

    private final Supplier<@Nullable Environment> environment;

    /** @param environment null in a process that does not work on jobs */
    EnvironmentHealth(Supplier<@Nullable Environment> environment) {
        super("the worker's environment cannot be looked at");
        this.environment = environment;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Environment own = environment.get();
        if (own == null) {
            builder.up();
            return;
        }
        own.fault()
                .ifPresentOrElse(
                        fault -> builder.outOfService()
                                .withDetail("code", fault.code())
                                .withDetail("message", fault.message()),
                        builder::up);
        if (!own.lackingModels().isEmpty()) {
            builder.withDetail("lackingModels", own.lackingModels());
        }
    }
}
