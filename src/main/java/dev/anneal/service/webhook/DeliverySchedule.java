package dev.anneal.service.webhook;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/** Runs the tasks that the migration's triggers put into the scheduler's table: each in one of the processes, and in another one if that dies. */
final class DeliverySchedule implements SmartLifecycle {

    /** As the migration names it. */
    private static final String TASK = "webhook-delivery";

    /** For a database that is away for a moment. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);

    private static final int MISSED_HEARTBEATS = 4;

    private final Supplier<Scheduler> schedulers;
    private @Nullable Scheduler scheduler;

    DeliverySchedule(
            DataSource pool,
            DeliveryRunner runner,
            DeliveryListener listener,
            WebhookProperties properties,
            Clock clock) {
        CustomTask<Void> task = Tasks.custom(TASK, Void.class)
                .onFailure((complete, operations) ->
                        operations.reschedule(complete, clock.instant().plus(AFTER_FAILURE)))
                .onDeadExecutionRevive()
                .execute((instance, context) -> completion(runner.run(instance.getId(), listener)));
        schedulers = () -> Scheduler.create(pool, task)
                .clock(clock::instant)
                .threads(properties.concurrency())
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(properties.pollInterval())
                .heartbeatInterval(properties.takeover().dividedBy(MISSED_HEARTBEATS))
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .shutdownMaxWait(properties.timeout().plusSeconds(5))
                .alwaysPersistTimestampInUTC()
                .build();
    }

    private static CompletionHandler<Void> completion(Optional<Instant> next) {
        return (complete, operations) ->
                next.ifPresentOrElse(time -> operations.reschedule(complete, time), operations::remove);
    }

    /** A scheduler that was stopped does not start again. */
    @Override
    public synchronized void start() {
        scheduler = schedulers.get();
        scheduler.start();
    }

    @Override
    public synchronized void stop() {
        if (scheduler != null) {
            scheduler.stop();
            scheduler = null;
        }
    }

    /** Beside the requests that the web server lets end, not before them. */
    @Override
    public int getPhase() {
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
    }

    @Override
    public void stop(Runnable ended) {
        new Thread(
                        () -> {
                            stop();
                            ended.run();
                        },
                        "webhook-deliveries-end")
                .start();
    }

    @Override
    public synchronized boolean isRunning() {
        return scheduler != null;
    }
}
