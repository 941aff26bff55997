package dev.anneal.service.operations.retention;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import dev.anneal.service.platform.schedule.SchedulerLifecycle;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;

/** Runs the sweeps in one of the processes at a time, and in another one if that dies. */
final class RetentionSchedule {

    private static final String TASK = "retention";
    private static final String TABLE = "retention_task";
    private static final Duration POLL = Duration.ofMinutes(1);
    private static final int MISSED_HEARTBEATS = 5;

    /** What is cut off is done again: every deletion may be repeated. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);

    private RetentionSchedule() {}

    static SchedulerLifecycle of(DataSource pool, Runnable sweeps, Duration interval, Clock clock) {
        RecurringTask<Void> task =
                Tasks.recurring(TASK, FixedDelay.of(interval)).execute((instance, context) -> sweeps.run());
        return new SchedulerLifecycle(
                TASK,
                clock,
                () -> Scheduler.create(pool)
                        .startTasks(task)
                        .tableName(TABLE)
                        .threads(1)
                        .pollingInterval(POLL)
                        .heartbeatInterval(POLL)
                        .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                        .shutdownMaxWait(LAST_WAIT));
    }
}
