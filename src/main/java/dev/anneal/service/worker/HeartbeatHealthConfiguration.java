package dev.anneal.service.worker;

import dev.anneal.service.queue.lease.LeaseProperties;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Of every process, since {@code management.endpoint.health.group.liveness} names the indicator for all of them. */
@Configuration(proxyBeanMethods = false)
class HeartbeatHealthConfiguration {

    /** By then others have long taken the work: after the lease, and as long again. */
    private static final int LEASES = 2;

    @Bean
    HealthIndicator workerHealthIndicator(ObjectProvider<HeartbeatWriter> heartbeats, LeaseProperties queue) {
        return new HeartbeatHealth(
                () -> Optional.ofNullable(heartbeats.getIfAvailable())
                        .flatMap(writer -> writer.silence(System.nanoTime())),
                queue.lease().multipliedBy(LEASES));
    }

    @Bean
    HealthIndicator workerEnvironmentHealthIndicator(ObjectProvider<Environment> environment) {
        return new EnvironmentHealth(environment::getIfAvailable);
    }
}
