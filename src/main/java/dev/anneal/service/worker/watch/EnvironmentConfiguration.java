package dev.anneal.service.worker.watch;

import dev.anneal.service.platform.cache.SharedCache;
import dev.anneal.service.platform.process.EngineLauncher;
import dev.anneal.service.platform.process.EngineProperties;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.startup.StartRefusedException;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.LeaseProperties;
import dev.anneal.service.worker.assignment.EnvironmentProbe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts of a worker's environment and their probes. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.WORKER)
class EnvironmentConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentConfiguration.class);

    /** A disk that takes longer counts as faulty. */
    private static final Duration DISK_PATIENCE = Duration.ofSeconds(20);

    private static final WorkError SILENT_STORE =
            WorkError.ofEnvironment("storage_failed", "The artifact store does not answer.");
    private static final WorkError SILENT_DISK =
            WorkError.ofEnvironment("worker_disk_failed", "The worker's disk does not answer.");
    private static final WorkError SILENT_MODEL =
            WorkError.ofEnvironment("model_not_available", "The disk with the base model does not answer.");
    private static final WorkError UNUSABLE_DEVICE = WorkError.ofEnvironment(
            "device_unavailable", "The worker's engine cannot compute on its devices; its log says why.");

    /** Created only after the worker's CUDA devices have been tested. */
    @Bean
    EngineLauncher engineLauncher(
            WorkerProperties worker,
            EngineProperties properties,
            SharedCache cache,
            @Value("${anneal.home}") Path home) {
        EngineLauncher launcher = new EngineLauncher(properties, home, cache, EngineLauncher.ENGINE_MAIN);
        DeviceTrial.require(worker, properties.cudaLibtorch(), launcher);
        return launcher;
    }

    @Bean
    Environment workerEnvironment(
            WorkerProperties properties,
            LeaseProperties queue,
            EngineLauncher launcher,
            EnvironmentProbe surroundings,
            WorkerMeters meters) {
        List<String> devices = properties.allDevices();
        Duration pause = queue.heartbeatInterval();
        Environment environment = new Environment(
                List.of(
                        Environment.Part.watched(
                                "store",
                                Set.of("storage_failed", "storage_full"),
                                new TimedProbe(surroundings::storeFault, DISK_PATIENCE, SILENT_STORE),
                                pause),
                        Environment.Part.watched(
                                "disk",
                                Set.of("disk_full", "worker_disk_failed"),
                                new TimedProbe(() -> DiskFaults.in(launcher), DISK_PATIENCE, SILENT_DISK),
                                pause),
                        Environment.Part.suspected(
                                "device",
                                Set.of("device_unavailable"),
                                new TimedProbe(
                                        () -> deviceFault(devices, launcher),
                                        DeviceTrial.PATIENCE_WITH_ALL,
                                        UNUSABLE_DEVICE))),
                model -> new TimedProbe(() -> surroundings.modelFault(model), DISK_PATIENCE, SILENT_MODEL),
                System::nanoTime);
        environment.parts().forEach(part -> meters.fault(part.name(), () -> part.isFaulty() ? 1 : 0));
        meters.fault("model", () -> environment.lackingModels().size());
        return environment;
    }

    private static Optional<WorkError> deviceFault(List<String> devices, EngineLauncher launcher) {
        try {
            DeviceTrial.tryOut(devices, launcher);
            return Optional.empty();
        } catch (StartRefusedException failure) {
            LOG.warn("{}", failure.getMessage());
            return Optional.of(UNUSABLE_DEVICE);
        }
    }
}
