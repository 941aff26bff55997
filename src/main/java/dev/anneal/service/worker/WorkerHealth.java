package dev.anneal.service.worker;

import dev.anneal.service.queue.lease.LeaseProperties;
import dev.anneal.service.worker.watch.Environment;
import java.time.Duration;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Health of a worker. Present in every process, because {@code management.endpoint.health.group.liveness} names the
 * indicator for all.
 */
@Configuration(proxyBeanMethods = false)
class WorkerHealth {

    /** Twice the lease: by then other workers have long claimed the work. */
    private static final int LEASES = 2;

    /**
     * Liveness: whether the worker's heartbeats continue. They wait for the database no longer than a timeout, so that
     * an unreachable database does not count as silence; only a stuck process is silent, which a restart repairs.
     */
    @Bean
    HealthIndicator workerHealthIndicator(ObjectProvider<HeartbeatWriter> heartbeats, LeaseProperties queue) {
        return () -> ofHeartbeats(
                Optional.ofNullable(heartbeats.getIfAvailable()).flatMap(writer -> writer.silence(System.nanoTime())),
                queue.lease().multipliedBy(LEASES));
    }

    /**
     * @param silence time since the last heartbeat; empty if none are expected, as in a process without the role
     * @param limit silence after which the process counts as dead
     */
    static Health ofHeartbeats(Optional<Duration> silence, Duration limit) {
        boolean isDead = silence.isPresent() && silence.get().compareTo(limit) > 0;
        Health.Builder health = Health.status(isDead ? Status.DOWN : Status.UP);
        silence.ifPresent(duration -> health.withDetail("secondsSinceHeartbeat", duration.toSeconds()));
        return health.build();
    }

    /**
     * Whether the worker's environment lets it work. Part of {@code /actuator/health} but not of probes: a restart does
     * not repair a disk, and the process may also serve the API.
     */
    @Bean
    HealthIndicator workerEnvironmentHealthIndicator(ObjectProvider<Environment> environment) {
        return () -> ofEnvironment(environment.getIfAvailable(Environment::healthy));
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
