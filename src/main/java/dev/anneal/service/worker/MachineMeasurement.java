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
 * Measures the worker's machine some seconds after the start, as soon as the worker is idle, unless a recent measurement is known; and again when
 * that has grown old.
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

        /** The set-up of the machine, which a known measurement must have. */
        Machine.Setup setup();

        /**
         * Takes some seconds.
         *
         * @return empty if there was no result, and will be none soon
         * @throws IOException if another attempt may have one
         */
        Optional<Machine> measure() throws IOException, InterruptedException;
    }

    /**
     * How long to wait for the next look.
     *
     * @param busy after the start, and while the worker has something to do
     * @param failed after a measurement that failed, which may have taken minutes of all cores
     * @param known when the machine was known, which it is for a week
     */
    record Pauses(Duration busy, Duration failed, Duration known) {

        /** The first is long enough for a first job to go before, and for a test to be over. */
        static final Pauses USUAL = new Pauses(Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofHours(1));
    }

    /** @param isIdle whether the worker runs nothing now */
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

    /** Returns when the thread is interrupted. */
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

    /** A failure is tried again and only logged for debugging: estimates alone depend on it. */
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
            // Work that has begun meanwhile took a share of the cores.
            return pauses.busy();
        }
        measured.ifPresent(machine -> machines.save(worker, machine));
        return pauses.known();
    }
}
