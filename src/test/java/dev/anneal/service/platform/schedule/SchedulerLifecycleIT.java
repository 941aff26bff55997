package dev.anneal.service.platform.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.kagkarlsson.scheduler.Scheduler;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.SettableClock;
import dev.anneal.service.platform.database.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;

/** Schedulers start and end with the application, and a task stays until there is nothing more to do. */
class SchedulerLifecycleIT extends ServiceTest {

    private static final String TASK = "something";
    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    @Autowired
    @Qualifier("systemPool")
    private DataSource pool;

    @Autowired
    private ApplicationContext application;

    @BeforeEach
    void createTable() {
        TestDatabase.administrator()
                .sql("CREATE TABLE something_task (LIKE hub_push_task INCLUDING ALL)")
                .update();
        TestDatabase.administrator()
                .sql("GRANT SELECT, INSERT, UPDATE, DELETE ON something_task TO anneal_system")
                .update();
    }

    @AfterEach
    void dropTable() {
        TestDatabase.administrator().sql("DROP TABLE something_task").update();
    }

    @Test
    void everyScheduleEndsBesideTheWebServer() {
        assertThat(application.getBeansOfType(SchedulerLifecycle.class))
                .containsOnlyKeys("deliverySchedule", "pushSchedule", "retentionSchedule")
                .allSatisfy((name, schedule) ->
                        assertThat(schedule.getPhase()).isEqualTo(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE));
    }

    @Test
    void endIsToldWhenTheLastTaskHasEnded() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        SchedulerLifecycle lifecycle = lifecycle(id -> {
            begun.countDown();
            awaitQuietly(released);
            return Optional.empty();
        });
        due("a");
        lifecycle.start();
        begun.await();

        lifecycle.stop(ended::countDown);

        assertThat(ended.getCount()).isOne();
        released.countDown();
        ended.await();
        assertThat(lifecycle.isRunning()).isFalse();
        assertThat(dueTime("a")).isEmpty();
    }

    @Test
    void whatWasStoppedStartsAgain() {
        AtomicInteger runs = new AtomicInteger();
        SchedulerLifecycle lifecycle = lifecycle(id -> {
            runs.incrementAndGet();
            return Optional.empty();
        });
        lifecycle.start();
        lifecycle.stop();
        due("a");

        lifecycle.start();
        try {
            await(() -> dueTime("a").isEmpty());
        } finally {
            lifecycle.stop();
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    void taskIsRunAgainWhenItSaysAndAWhileAfterItFailed() {
        Instant next = NOW.plus(Duration.ofHours(1));
        SchedulerLifecycle lifecycle = lifecycle(id -> {
            if (id.equals("fails")) {
                throw new IllegalStateException("on purpose");
            }
            return Optional.of(next);
        });
        due("fails");
        due("goes on");

        lifecycle.start();
        try {
            await(() -> dueTime("goes on").equals(Optional.of(next)));
            await(() -> dueTime("fails").equals(Optional.of(NOW.plus(TriggeredTask.AFTER_FAILURE))));
        } finally {
            lifecycle.stop();
        }
    }

    private SchedulerLifecycle lifecycle(Function<String, Optional<Instant>> run) {
        SettableClock clock = new SettableClock(NOW);
        return new SchedulerLifecycle(
                TASK,
                clock,
                () -> Scheduler.create(pool, TriggeredTask.of(TASK, clock, run))
                        .tableName("something_task")
                        .threads(2)
                        .pollingInterval(Duration.ofMillis(20)));
    }

    /** Puts a task in as a trigger does. */
    private static void due(String instance) {
        TestDatabase.administrator()
                .sql("""
                        INSERT INTO something_task (task_name, task_instance, execution_time, picked, version)
                        VALUES (:task, :instance, :time, false, 1)
                        """)
                .param("task", TASK)
                .param("instance", instance)
                .param("time", OffsetDateTime.parse(NOW.toString()))
                .update();
    }

    /** Empty if the task is not in the table. */
    private static Optional<Instant> dueTime(String instance) {
        return TestDatabase.administrator()
                .sql("SELECT execution_time FROM something_task WHERE task_instance = :instance")
                .param("instance", instance)
                .query(OffsetDateTime.class)
                .optional()
                .map(OffsetDateTime::toInstant);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
