package dev.anneal.service.worker.watch;

import dev.anneal.protocol.Progress;
import dev.anneal.service.platform.process.EngineExit;
import dev.anneal.service.platform.process.EngineLauncher;
import dev.anneal.service.platform.process.EngineProcess;
import dev.anneal.service.platform.startup.StartRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * Tests whether processes can compute on a worker's devices: on CUDA before work is claimed for them, and on all
 * after an attempt that they may have ended; otherwise one job after another would fail.
 */
final class DeviceTrial {

    /** A CUDA libtorch has several gigabytes, which may have to be read from a disk. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** For two processes, one after the other. */
    static final Duration PATIENCE_WITH_ALL = PATIENCE.multipliedBy(2);

    private DeviceTrial() {}

    /**
     * @param libtorch {@code anneal.engine.cuda-libtorch}
     * @throws StartRefusedException if one of them cannot be used
     */
    static void require(WorkerProperties properties, @Nullable Path libtorch, EngineLauncher launcher) {
        List<String> devices = properties.allDevices().stream()
                .filter(device -> device.startsWith("cuda:"))
                .toList();
        if (devices.isEmpty()) {
            return;
        }
        if (libtorch != null && !Files.isRegularFile(libtorch.resolve("libtorch.so"))) {
            throw unusable(
                    "anneal.engine.cuda-libtorch must be a folder that holds libtorch.so but is '" + libtorch + "'");
        }
        tryOut(devices, launcher);
    }

    /**
     * Tests the processor and the CUDA devices in processes of their own, because each takes its own libtorch.
     *
     * @param devices as in {@code anneal.worker.devices}
     * @throws StartRefusedException if one of the devices cannot be used, or no process can be started
     */
    static void tryOut(List<String> devices, EngineLauncher launcher) {
        devices.stream()
                .map(device -> launcher.machine(device).device())
                .distinct()
                .collect(Collectors.groupingBy("cpu"::equals))
                .values()
                .forEach(alike -> tryTogether(alike, launcher));
    }

    private static void tryTogether(List<String> devices, EngineLauncher launcher) {
        try {
            Path folder = Files.createTempDirectory("anneal-devices-");
            try {
                require(devices, folder, launcher);
            } finally {
                FileSystemUtils.deleteRecursively(folder);
            }
        } catch (IOException e) {
            throw unusable("the devices " + devices + " could not be tested: " + e.getMessage());
        }
    }

    private static StartRefusedException unusable(String reason) {
        return new StartRefusedException(
                "The worker cannot compute where anneal.worker.devices or anneal.worker.light-device says: " + reason
                        + ".",
                "Name devices that this machine has, or none to compute on its CPU. CUDA devices need an NVIDIA driver"
                        + " and anneal.engine.cuda-libtorch, the folder of a CUDA libtorch 2.7.1 (docs/gpu.md).");
    }

    private static void require(List<String> devices, Path folder, EngineLauncher launcher) throws IOException {
        AtomicReference<Progress.@Nullable Failed> failed = new AtomicReference<>();
        EngineProcess process = launcher.tryDevices(devices, folder, event -> {
            if (event instanceof Progress.Failed failure) {
                failed.set(failure);
            }
        });
        try {
            EngineExit exit = process.exit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            Progress.Failed failure = failed.get();
            if (exit.meaning() != EngineExit.Meaning.DONE) {
                String reason = failure == null ? exit.describe() + ": " + exit.stderrTail() : failure.message();
                throw unusable(reason);
            }
        } catch (TimeoutException e) {
            throw unusable("testing %s took longer than %d minutes".formatted(devices, PATIENCE.toMinutes()));
        } catch (ExecutionException e) {
            throw new IllegalStateException("the devices " + devices + " could not be tested", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the devices " + devices + " were tested", e);
        } finally {
            process.kill();
        }
    }
}
