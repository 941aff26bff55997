package dev.anneal.service.worker;

import dev.anneal.service.assignment.Assignments;
import dev.anneal.service.lease.LeaseProperties;
import dev.anneal.service.lease.Leases;
import dev.anneal.service.metrics.WorkerMeters;
import dev.anneal.service.process.EngineLauncher;
import dev.anneal.service.process.EngineProperties;
import dev.anneal.service.role.ConditionalOnRole;
import dev.anneal.service.role.Role;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executors;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.WORKER)
class WorkerConfiguration {

    /** A second more than an engine process takes at most to save and end when its worker is gone. */
    private static final Duration ORPHAN_GRACE = Duration.ofSeconds(15);

    @Bean
    EngineLauncher engineLauncher(EngineProperties properties, @Value("${anneal.home}") Path home) {
        return new EngineLauncher(properties, home, EngineLauncher.ENGINE_MAIN);
    }

    @Bean
    HeartbeatWriter heartbeatWriter(Leases leases, WorkerMeters meters, Clock clock) {
        return new HeartbeatWriter(leases, meters, clock);
    }

    @Bean
    WorkerLifecycle workerLifecycle(
            WorkerProperties properties,
            LeaseProperties queue,
            EngineLauncher launcher,
            Leases leases,
            Assignments assignments,
            HeartbeatWriter heartbeats,
            WorkerMeters meters) {
        DeviceTrial.require(properties, launcher);
        String name = Objects.requireNonNullElseGet(properties.name(), WorkerConfiguration::hostName);
        return new WorkerLifecycle(() -> new Supervisor(
                name,
                queue,
                heartbeats,
                new Equipment(
                        properties,
                        leases,
                        assignments,
                        launcher,
                        launcher.openWorkspace(ORPHAN_GRACE),
                        meters,
                        Executors.newSingleThreadScheduledExecutor())));
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "worker";
        }
    }
}
