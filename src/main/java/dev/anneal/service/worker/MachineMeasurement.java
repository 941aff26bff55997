package dev.anneal.service.worker;

import dev.anneal.service.platform.schedule.DaemonThreads;
import dev.anneal.service.training.machine.Machine;
import dev.anneal.service.training.machine.Machines;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Measures the worker's machine some seconds after the start, when the worker is idle, unless a recent measurement
 * exists; repeats it when it has become old.
 */
final class MachineMeasurement implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(MachineMeasurement.class);

    private final String worker;
    private final Probe probe;
    private final Machines machines;
    private final BooleanSupplier isIdle;
    private final Pauses pauses;
    private @Nullable Thread thread;

    /** Measures the machine. */
    interface Probe {

        /** The set-up of the machine; only measurements with the same set-up apply. */
        Machine.Setup setup();

        /**
         * Takes some seconds.
         *
         * @return empty if there is no result and a retry would not help
         * @throws IOException if a retry may succeed
         */
        Optional<Machine> measure() throws IOException, InterruptedException;
    }

    /**
     * Delays until the next check.
     *
     * @param busy after the start, and while the worker is busy
     * @param failed after a failed measurement, which may have used all cores for minutes
     * @param known after a measurement, which is valid for a week
     */
    record Pauses(Duration busy, Duration failed, Duration known) {

        /** The first is long enough for a first job to start before, and for tests to end. */
        static final Pauses USUAL = new Pauses(Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofHours(1));
    }

    /**
     * @param isIdle whether the worker runs nothing
     */
    MachineMeasurement(String worker, Probe probe, Machines machines, BooleanSupplier isIdle, Pauses pauses) {
        this.worker = worker;
        this.probe = probe;
        this.machines = machines;
        this.isIdle = isIdle;
        this.pauses = pauses;
    }

    @Override
    public synchronized void start() {
        thread = DaemonThreads.start("worker-measure", this::keepKnown);
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

    /** Runs until the thread is interrupted. */
    private void keepKnown() {
        try {
            Duration pause = pauses.busy();
            while (true) {
                Thread.sleep(pause.toMillis());
                pause = look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Failures are retried and logged only at debug level, because only estimates depend on it. */
    private Duration look() throws InterruptedException {
        try {
            return isIdle.getAsBoolean() ? lookIdle() : pauses.busy();
        } catch (IOException | RuntimeException e) {
            LOG.debug("The machine could not be measured; trying again in {}", pauses.failed(), e);
            return pauses.failed();
        }
    }

    private Duration lookIdle() throws IOException, InterruptedException {
        if (machines.isKnown(worker, probe.setup())) {
            return pauses.known();
        }
        Optional<Machine> measured = probe.measure();
        if (!isIdle.getAsBoolean()) {
            // Work that started meanwhile has distorted the measurement.
            return pauses.busy();
        }
        measured.ifPresent(machine -> machines.save(worker, machine));
        return pauses.known();
    }
}
