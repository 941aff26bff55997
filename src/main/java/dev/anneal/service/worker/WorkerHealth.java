package dev.anneal.service.worker;

import dev.anneal.service.queue.lease.LeaseProperties;
import java.time.Duration;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Health of a worker. Every process has it, since {@code management.endpoint.health.group.liveness} names an indicator for all of them. */
@Configuration(proxyBeanMethods = false)
class WorkerHealth {

    /** By then others have long taken the work: after the lease, and as long again. */
    private static final int LEASES = 2;

    /**
     * Whether the worker's heartbeats go on, as part of the liveness of its process. They ask the database, but wait for it no longer than a timeout, so
     * that a lost database is no silence: only a process that is stuck is silent, and a restart mends that.
     */
    @Bean
    HealthIndicator workerHealthIndicator(ObjectProvider<HeartbeatWriter> heartbeats, LeaseProperties queue) {
        return () -> ofHeartbeats(
                Optional.ofNullable(heartbeats.getIfAvailable()).flatMap(writer -> writer.silence(System.nanoTime())),
                queue.lease().multipliedBy(LEASES));
    }

    /**
     * @param silence since the newest heartbeat; nothing where none are to be expected, as in a process that does not work on jobs
     * @param limit silence from which on the process is dead
     */
    static Health ofHeartbeats(Optional<Duration> silence, Duration limit) {
        boolean isDead = silence.isPresent() && silence.get().compareTo(limit) > 0;
        Health.Builder health = Health.status(isDead ? Status.DOWN : Status.UP);
        silence.ifPresent(duration -> health.withDetail("secondsSinceHeartbeat", duration.toSeconds()));
        return health.build();
    }

    /**
     * Whether the worker's environment lets it work. Part of {@code /actuator/health} and of no probe: a restart mends no disk, and a process that also
     * serves the API goes on doing that.
     */
    @Bean
    HealthIndicator workerEnvironmentHealthIndicator(ObjectProvider<Environment> environment) {
        return () -> ofEnvironment(environment.getIfAvailable(Environment::sound));
    }

    private static Health ofEnvironment(Environment environment) {
        Health.Builder health = Health.up();
        environment
                .fault()
                .ifPresent(fault ->
                        health.outOfService().withDetail("code", fault.code()).withDetail("message", fault.message()));
        if (!environment.lackingModels().isEmpty()) {
            health.withDetail("lackingModels", environment.lackingModels());
        }
        return health.build();
    }
}
