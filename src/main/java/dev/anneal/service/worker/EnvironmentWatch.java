package dev.anneal.service.worker;

import dev.anneal.service.database.DatabaseOutage;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkerStates;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the worker's environment in the background, and tells the database what it finds. */
final class EnvironmentWatch implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentWatch.class);

    private static final Duration TICK = Duration.ofSeconds(1);

    private final Environment environment;
    private final WorkerStates states;
    private final Runnable tellHeldUp;
    private final String worker;
    private final int trainingSlots;
    private final Duration reportInterval;
    private final UUID process = UUID.randomUUID();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private @Nullable Told told;
    private long toldNanos;

    /**
     * @param tellHeldUp has queued work told what it waits for
     * @param trainingSlots which forecasts count while nothing is at fault
     * @param reportInterval how often the database is told what has not changed
     */
    EnvironmentWatch(
            Environment environment,
            WorkerStates states,
            Runnable tellHeldUp,
            String worker,
            int trainingSlots,
            Duration reportInterval) {
        this.environment = environment;
        this.states = states;
        this.tellHeldUp = tellHeldUp;
        this.worker = worker;
        this.trainingSlots = trainingSlots;
        this.reportInterval = reportInterval;
    }

    /** What the database was told last. */
    private record Told(Optional<WorkError> fault, Set<String> lackingModels) {}

    @Override
    public void run() {
        try {
            do {
                runOnce();
            } while (!stopping.await(TICK.toMillis(), TimeUnit.MILLISECONDS));
            states.leave(process);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.debug("The worker ends without taking leave of the database; its row grows old", e);
        }
    }

    void stop() {
        stopping.countDown();
    }

    private void runOnce() {
        try {
            environment.look();
            Told now = new Told(environment.fault(), environment.lackingModels());
            if (!now.equals(told) || System.nanoTime() - toldNanos >= reportInterval.toNanos()) {
                states.report(process, worker, trainingSlots, now.fault().orElse(null), now.lackingModels());
                told = now;
                toldNanos = System.nanoTime();
                if (now.fault().isPresent() || !now.lackingModels().isEmpty()) {
                    tellHeldUp.run();
                }
            }
        } catch (RuntimeException | Error e) {
            if (DatabaseOutage.explains(e)) {
                LOG.debug("The database is not told of this worker's environment", e);
            } else {
                LOG.error("The worker's environment could not be looked at", e);
            }
        }
    }
}
