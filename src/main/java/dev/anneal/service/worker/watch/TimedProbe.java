package dev.anneal.service.worker.watch;

import dev.anneal.service.platform.schedule.DaemonThreads;
import dev.anneal.service.queue.WorkError;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A probe with a time limit: a part that does not answer in time counts as faulty, because a dead network disk never
 * answers.
 */
final class TimedProbe implements Supplier<Optional<WorkError>> {

    private static final Logger LOG = LoggerFactory.getLogger(TimedProbe.class);

    private final Supplier<Optional<WorkError>> probe;
    private final Duration patience;
    private final WorkError silent;
    private @Nullable FutureTask<Optional<WorkError>> asked;

    /**
     * @param silent fault to report if the part does not answer or its probe fails unexpectedly
     */
    TimedProbe(Supplier<Optional<WorkError>> probe, Duration patience, WorkError silent) {
        this.probe = probe;
        this.patience = patience;
        this.silent = silent;
    }

    /** The fault, if any. A probe that still hangs is not started again. */
    @Override
    public synchronized Optional<WorkError> get() {
        FutureTask<Optional<WorkError>> answer = asked == null ? begin() : asked;
        try {
            Optional<WorkError> fault = answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            asked = null;
            return fault;
        } catch (TimeoutException hanging) {
            return Optional.of(silent);
        } catch (ExecutionException failure) {
            LOG.warn("A part of the environment could not be probed; it counts as faulty", failure.getCause());
            asked = null;
            return Optional.of(silent);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(silent);
        }
    }

    private FutureTask<Optional<WorkError>> begin() {
        FutureTask<Optional<WorkError>> task = new FutureTask<>(probe::get);
        asked = task;
        DaemonThreads.start("worker-probe", task);
        return task;
    }
}
