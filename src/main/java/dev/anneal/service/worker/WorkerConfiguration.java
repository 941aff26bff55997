package dev.anneal.service.worker;

import dev.anneal.service.inference.grader.AttemptGrading;
import dev.anneal.service.platform.process.EngineLauncher;
import dev.anneal.service.platform.process.EngineWorkspace;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.startup.StartNote;
import dev.anneal.service.platform.trace.AttemptTraces;
import dev.anneal.service.queue.WorkerProcess;
import dev.anneal.service.queue.WorkerStates;
import dev.anneal.service.queue.lease.LeaseProperties;
import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.queue.lease.Memberships;
import dev.anneal.service.queue.lease.Rescuer;
import dev.anneal.service.worker.assignment.Assignments;
import dev.anneal.service.worker.watch.Environment;
import dev.anneal.service.worker.watch.WorkerMeters;
import dev.anneal.service.worker.watch.WorkerProperties;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.WORKER)
class WorkerConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(WorkerConfiguration.class);

    /** One second more than an engine process may take to save and exit after its worker is gone. */
    private static final Duration ORPHAN_GRACE = Duration.ofSeconds(15);

    private final AttemptGrading grading;
    private final AttemptTraces traces;
    private final Environment environment;
    private final WorkerStates states;
    private final Memberships memberships;
    private final Rescuer rescuer;

    WorkerConfiguration(
            AttemptGrading grading,
            AttemptTraces traces,
            Environment environment,
            WorkerStates states,
            Memberships memberships,
            Rescuer rescuer) {
        this.grading = grading;
        this.traces = traces;
        this.environment = environment;
        this.states = states;
        this.memberships = memberships;
        this.rescuer = rescuer;
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
        return new WorkerLifecycle(() -> {
            EngineWorkspace workspace = launcher.openWorkspace(ORPHAN_GRACE);
            SlotContext equipment = new SlotContext(
                    properties,
                    leases,
                    memberships,
                    assignments,
                    launcher,
                    workspace,
                    new LeaseNotes(workspace, rescuer),
                    environment,
                    states,
                    meters,
                    grading,
                    properties.allowance(WorkerConfiguration::end),
                    traces,
                    Executors.newSingleThreadScheduledExecutor());
            requireAddress(properties);
            WorkerProcess worker = new WorkerProcess(UUID.randomUUID(), nameOf(properties), properties.group());
            return new Supervisor(worker, queue, heartbeats, equipment);
        });
    }

    @Bean
    @Order(4)
    StartNote workerNote(WorkerProperties properties) {
        return StartNote.of("Worker", nameOf(properties) + " on " + String.join(", ", properties.devices()));
    }

    private static void requireAddress(WorkerProperties properties) {
        if (properties.group().isEmpty()) {
            return;
        }
        try {
            MeetingPlace unused = MeetingPlace.at(properties.address());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "anneal.worker.address must be a host name or IP address of this machine, at which the other"
                            + " workers of the group reach it, but is '%s': %s"
                                    .formatted(properties.address(), e.getMessage()),
                    e);
        }
    }

    /** Ends the process as a SIGTERM does; on a separate thread, because the shutdown waits for the slots. */
    private static void end() {
        LOG.info("The worker has reached its limit of work or idle time and exits");
        new Thread(() -> System.exit(0), "worker-end").start();
    }

    private static String nameOf(WorkerProperties properties) {
        return Objects.requireNonNullElseGet(properties.name(), WorkerConfiguration::hostName);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "worker";
        }
    }
}
