package dev.anneal.service.worker;

import dev.anneal.engine.network.architecture.Arithmetic;
import dev.anneal.protocol.MeasureTask;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.service.platform.process.EngineLauncher;
import dev.anneal.service.platform.process.EngineProcess;
import dev.anneal.service.platform.process.EngineWorkspace;
import dev.anneal.service.training.machine.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/** Measures this machine in an engine process, which takes some seconds. */
final class MachineProbe implements MachineMeasurement.Probe {

    static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Task.Machine machine;
    private final EngineLauncher launcher;
    private final Duration patience;

    /**
     * @param patience time limit for the process
     */
    MachineProbe(Task.Machine machine, EngineLauncher launcher, Duration patience) {
        this.machine = machine;
        this.launcher = launcher;
        this.patience = patience;
    }

    @Override
    public Machine.Setup setup() {
        return new Machine.Setup(machine.device(), machine.precision(), machine.computeThreads());
    }

    @Override
    public Optional<Machine> measure() throws IOException, InterruptedException {
        AtomicReference<Progress.Measured> measured = new AtomicReference<>();
        try (EngineWorkspace workspace = launcher.openWorkspace(WorkerConfiguration.ORPHAN_GRACE)) {
            Path directory = workspace.newDirectory("measure");
            EngineProcess process = launcher.launch(new MeasureTask(machine), directory, event -> {
                if (event instanceof Progress.Measured numbers) {
                    measured.set(numbers);
                }
            });
            await(process);
        }
        return Optional.ofNullable(measured.get())
                .map(numbers -> new Machine(setup(), isBf16Fast(), numbers.startSeconds(), numbers.rates()));
    }

    private void await(EngineProcess process) throws IOException, InterruptedException {
        try {
            process.exit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("the process that measures the machine took longer than " + patience, e);
        } catch (ExecutionException e) {
            throw new IOException("the process that measures the machine failed", e);
        } finally {
            process.kill();
        }
    }

    private boolean isBf16Fast() {
        return !machine.device().equals("cpu") || Arithmetic.processorMultipliesBf16Fast();
    }
}
