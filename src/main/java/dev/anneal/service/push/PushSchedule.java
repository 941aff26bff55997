package dev.anneal.service.push;

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
import org.springframework.context.SmartLifecycle;

/** Makes the pushes that the migration's trigger has put into the scheduler's table: each in one of the processes, and in another one if that dies. */
final class PushSchedule implements SmartLifecycle {

    /** As the migration names them. */
    private static final String TASK = "hub-push";

    private static final String TABLE = "hub_push_task";

    /** At a time in this process. */
    static final int CONCURRENCY = 4;

    private static final Duration POLL = Duration.ofSeconds(2);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final int MISSED_HEARTBEATS = 4;

    /** For a database that is away for a moment. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);

    /** What is cut off goes on in another process, which sends what the Hub does not have. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);

    private final Supplier<Scheduler> schedulers;
    private @Nullable Scheduler scheduler;

    PushSchedule(DataSource pool, PushRunner runner, Clock clock) {
        CustomTask<Void> task = Tasks.custom(TASK, Void.class)
                .onFailure((complete, operations) ->
                        operations.reschedule(complete, clock.instant().plus(AFTER_FAILURE)))
                .onDeadExecutionRevive()
                .execute((instance, context) -> completion(runner.run(instance.getId())));
        schedulers = () -> Scheduler.create(pool, task)
                .tableName(TABLE)
                .clock(clock::instant)
                .threads(CONCURRENCY)
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(POLL)
                .heartbeatInterval(HEARTBEAT)
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .shutdownMaxWait(LAST_WAIT)
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

    @Override
    public synchronized boolean isRunning() {
        return scheduler != null;
    }
}
