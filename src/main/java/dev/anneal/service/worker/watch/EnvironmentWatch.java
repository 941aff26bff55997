package dev.anneal.service.worker.watch;

import dev.anneal.service.platform.database.DatabaseOutage;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkerProcess;
import dev.anneal.service.queue.WorkerStates;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes the worker's environment in the background and reports the results to the database, on separate threads,
 * because a probe may take minutes.
 */
public final class EnvironmentWatch {

    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentWatch.class);

    private static final Duration TICK = Duration.ofSeconds(1);

    /** Well below the minute after which a silent worker counts as gone. */
    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(20);

    /** Likewise, below the 20 s after which the others of its group take a silent worker for gone. */
    private static final Duration REPORT_INTERVAL_IN_A_GROUP = Duration.ofSeconds(5);

    private final Environment environment;
    private final WorkerStates states;
    private final Runnable explainWaits;
    private final WorkerProcess worker;
    private final EngineSetup engine;
    private final IntSupplier trainingSlots;
    private final BooleanSupplier takesWork;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Report reported;
    private long reportedNanos;

    /**
     * @param explainWaits writes to queued work why it waits
     * @param trainingSlots number of training slots that are not given up, which forecasts count while nothing is
     *     faulty
     * @param takesWork whether the worker takes further work
     */
    public EnvironmentWatch(
            Environment environment,
            WorkerStates states,
            Runnable explainWaits,
            WorkerProcess worker,
            EngineSetup engine,
            IntSupplier trainingSlots,
            BooleanSupplier takesWork) {
        this.environment = environment;
        this.states = states;
        this.explainWaits = explainWaits;
        this.worker = worker;
        this.engine = engine;
        this.trainingSlots = trainingSlots;
        this.takesWork = takesWork;
    }

    /** The last report to the database. */
    private record Report(int trainingSlots, boolean takesWork, Optional<WorkError> fault, Set<String> lackingModels) {}

    /** Probes until it is stopped. */
    public void probe() {
        repeat(environment::probe);
    }

    /** Reports until it is stopped, then removes its row. */
    public void report() {
        repeat(this::reportOnce);
        try {
            states.leave(worker.id());
        } catch (RuntimeException e) {
            LOG.debug("The worker ends without removing its row in the database, which will expire", e);
        }
    }

    public void stop() {
        stopping.countDown();
    }

    private void repeat(Runnable task) {
        try {
            do {
                runLogged(task);
            } while (!stopping.await(TICK.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void runLogged(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            if (DatabaseOutage.explains(e)) {
                LOG.debug("This worker's environment could not be reported to the database", e);
            } else {
                LOG.error("The worker's environment could not be probed or reported", e);
            }
        }
    }

    /** Without a training slot the worker takes no trainings, as with a fault. */
    private Optional<WorkError> fault() {
        return environment
                .fault()
                .or(() ->
                        trainingSlots.getAsInt() == 0 ? Optional.of(StuckProcessException.error()) : Optional.empty());
    }

    private void reportOnce() {
        Report now =
                new Report(trainingSlots.getAsInt(), takesWork.getAsBoolean(), fault(), environment.lackingModels());
        Duration interval = worker.group().isEmpty() ? REPORT_INTERVAL : REPORT_INTERVAL_IN_A_GROUP;
        if (now.equals(reported) && System.nanoTime() - reportedNanos < interval.toNanos()) {
            return;
        }
        states.report(
                worker,
                engine,
                now.trainingSlots(),
                now.takesWork(),
                now.fault().orElse(null),
                now.lackingModels());
        reported = now;
        reportedNanos = System.nanoTime();
        if (now.fault().isPresent() || !now.lackingModels().isEmpty()) {
            explainWaits.run();
        }
    }
}
