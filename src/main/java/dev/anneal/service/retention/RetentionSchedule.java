package dev.anneal.service.retention;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** Runs the sweeps in one of the processes at a time, and in another one if that dies. */
final class RetentionSchedule implements SmartLifecycle {

    private static final String TABLE = "retention_task";
    private static final Duration POLL = Duration.ofMinutes(1);
    private static final int MISSED_HEARTBEATS = 5;

    /** What is cut off is done again: every deletion may be repeated. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);

    private final Supplier<Scheduler> schedulers;
    private @Nullable Scheduler scheduler;

    RetentionSchedule(DataSource pool, Runnable sweeps, Duration interval, Clock clock) {
        RecurringTask<Void> task =
                Tasks.recurring("retention", FixedDelay.of(interval)).execute((instance, context) -> sweeps.run());
        schedulers = () -> Scheduler.create(pool)
                .startTasks(task)
                .tableName(TABLE)
                .clock(clock::instant)
                .threads(1)
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(POLL)
                .heartbeatInterval(POLL)
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .shutdownMaxWait(LAST_WAIT)
                .alwaysPersistTimestampInUTC()
                .build();
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
