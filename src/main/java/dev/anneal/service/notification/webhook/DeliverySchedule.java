package dev.anneal.service.notification.webhook;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import dev.anneal.service.platform.schedule.SchedulerLifecycle;
import dev.anneal.service.platform.schedule.TriggeredTask;
import java.time.Clock;
import javax.sql.DataSource;

/** Runs the tasks that the migration's triggers put into the scheduler's table: each in one of the processes, and in another one if that dies. */
final class DeliverySchedule {

    /** As the migration names it. */
    private static final String TASK = "webhook-delivery";

    private static final int MISSED_HEARTBEATS = 4;

    private DeliverySchedule() {}

    static SchedulerLifecycle of(
            DataSource pool,
            DeliveryRunner runner,
            DeliveryListener listener,
            WebhookProperties properties,
            Clock clock) {
        CustomTask<Void> task = TriggeredTask.of(TASK, clock, delivery -> runner.run(delivery, listener));
        return new SchedulerLifecycle(
                TASK,
                clock,
                () -> Scheduler.create(pool, task)
                        .threads(properties.concurrency())
                        .pollingInterval(properties.pollInterval())
                        .heartbeatInterval(properties.takeover().dividedBy(MISSED_HEARTBEATS))
                        .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                        .shutdownMaxWait(properties.timeout().plusSeconds(5)));
    }
}
