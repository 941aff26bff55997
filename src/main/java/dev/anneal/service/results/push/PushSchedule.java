package dev.anneal.service.results.push;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import dev.anneal.service.platform.schedule.SchedulerLifecycle;
import dev.anneal.service.platform.schedule.TriggeredTask;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;

/** Makes the pushes that the migration's trigger has put into the scheduler's table: each in one of the processes, and in another one if that dies. */
final class PushSchedule {

    /** As the migration names them. */
    private static final String TASK = "hub-push";

    private static final String TABLE = "hub_push_task";

    /** At a time in this process. */
    static final int CONCURRENCY = 4;

    private static final Duration POLL = Duration.ofSeconds(2);
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final int MISSED_HEARTBEATS = 4;

    /** What is cut off goes on in another process, which sends what the Hub does not have. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);

    private PushSchedule() {}

    static SchedulerLifecycle of(DataSource pool, PushRunner runner, Clock clock) {
        CustomTask<Void> task = TriggeredTask.of(TASK, clock, runner::run);
        return new SchedulerLifecycle(
                TASK,
                clock,
                () -> Scheduler.create(pool, task)
                        .tableName(TABLE)
                        .threads(CONCURRENCY)
                        .pollingInterval(POLL)
                        .heartbeatInterval(HEARTBEAT)
                        .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                        .shutdownMaxWait(LAST_WAIT));
    }
}
