package dev.anneal.service.worker;

import dev.anneal.engine.architecture.Arithmetic;
import dev.anneal.protocol.MeasureTask;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.service.machine.Machine;
import dev.anneal.service.machine.Machines;
import dev.anneal.service.process.EngineLauncher;
import dev.anneal.service.process.EngineProcess;
import dev.anneal.service.process.EngineWorkspace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Has an engine process measure the worker's machine once, some seconds after its start or as soon as it has nothing to do, unless that is known. */
final class MachineMeasurement implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(MachineMeasurement.class);

    /** Long enough for a first job to go before, and for a test to be over. */
    static final Duration PAUSE = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** What an earlier worker has left may take so long to end. */
    private static final Duration ORPHAN_GRACE = Duration.ofSeconds(15);

    private final String worker;
    private final Task.Machine machine;
    private final EngineLauncher launcher;
    private final Machines machines;
    private final BooleanSupplier isIdle;
    private @Nullable Thread thread;

    /** @param isIdle whether the worker runs nothing now */
    MachineMeasurement(
            String worker, Task.Machine machine, EngineLauncher launcher, Machines machines, BooleanSupplier isIdle) {
        this.worker = worker;
        this.machine = machine;
        this.launcher = launcher;
        this.machines = machines;
        this.isIdle = isIdle;
    }

    @Override
    public synchronized void start() {
        Thread started = new Thread(this::measureOnceIdle, "worker-measure");
        started.setDaemon(true);
        started.start();
        thread = started;
    }

    @Override
    public synchronized void stop() {
        if (thread != null) {
            thread.interrupt();
            thread = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return thread != null;
    }

    /** Returns when the machine is known, or when the thread is interrupted. */
    private void measureOnceIdle() {
        try {
            do {
                Thread.sleep(PAUSE.toMillis());
            } while (!isIdle.getAsBoolean() || !isKnownNow());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An estimate is not worth an alarm: what fails is tried again. */
    private boolean isKnownNow() throws InterruptedException {
        try {
            if (!machines.isKnown(worker, setup())) {
                measure().ifPresent(measured -> machines.save(worker, measured));
            }
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.debug("The machine could not be measured; trying again in {}", PAUSE, e);
            return false;
        }
    }

    private Machine.Setup setup() {
        return new Machine.Setup(machine.device(), machine.precision(), threads());
    }

    /** Compute threads of an engine process; one drives a CUDA device. */
    private int threads() {
        if (!isCpu()) {
            return 1;
        }
        return machine.threads() > 0 ? machine.threads() : Runtime.getRuntime().availableProcessors();
    }

    private boolean isCpu() {
        return machine.device().equals("cpu");
    }

    /** Empty if the process ended without a word, which it would do again. */
    Optional<Machine> measure() throws IOException, InterruptedException {
        AtomicReference<Progress.Measured> measured = new AtomicReference<>();
        try (EngineWorkspace workspace = launcher.openWorkspace(ORPHAN_GRACE)) {
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

    private static void await(EngineProcess process) throws InterruptedException {
        try {
            process.exit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("The process that measures the machine did not end well", e);
        } finally {
            process.kill();
        }
    }

    private boolean isBf16Fast() {
        return !isCpu() || Arithmetic.processorMultipliesBf16Fast();
    }
}
