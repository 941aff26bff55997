package dev.anneal.service.platform.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.SettableClock;
import dev.anneal.service.platform.database.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

/**
 * Chores start and end with the application; one process does each, and a task stays until there is nothing more to do.
 */
class SharedChoresIT extends ServiceTest {

    private static final String TASK = "something";
    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    @Autowired
    @Qualifier("systemPool")
    private DataSource pool;

    @Autowired
    private SharedChores ofApplication;

    @Autowired
    private List<RecurringChore> recurring;

    @Autowired
    private List<TriggeredChore> triggered;

    @AfterEach
    void forget() {
        TestDatabase.administrator()
                .sql("DELETE FROM scheduled_tasks WHERE task_name = :task")
                .param("task", TASK)
                .update();
    }

    @Test
    void endBesideTheWebServer() {
        assertThat(ofApplication.getPhase()).isEqualTo(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE);
    }

    /** Their names are keys in the database: a process of another version knows them by these. */
    @Test
    void allBackgroundWorkIsRegistered() {
        assertThat(recurring)
                .extracting(RecurringChore::name)
                .containsExactlyInAnyOrder(
                        "webhook-delivery-sweep",
                        "audit-log-sweep",
                        "sealed-value-sweep",
                        "upload-sweep",
                        "file-sweep",
                        "retention",
                        "history-retention");
        assertThat(triggered)
                .extracting(TriggeredChore::name)
                .containsExactlyInAnyOrder("webhook-delivery", "hub-pull", "hub-push");
        assertThat(recurring)
                .filteredOn(chore -> chore.name().equals("retention"))
                .extracting(RecurringChore::interval)
                .containsExactly(Duration.ofDays(1));
    }

    @Test
    void processesThatStartTogetherDoARecurringChoreOnce() {
        AtomicInteger runs = new AtomicInteger();
        RecurringChore daily = new RecurringChore(TASK, Duration.ofDays(1), runs::incrementAndGet);
        List<SharedChores> processes = Stream.generate(() -> chores(Clock.systemUTC(), List.of(daily), List.of()))
                .limit(3)
                .toList();
        try {
            processes.forEach(SharedChores::start);

            await(() -> TestDatabase.administrator()
                            .sql("""
                                    SELECT count(*) FROM scheduled_tasks
                                    WHERE task_name = :task AND last_success IS NOT NULL AND NOT picked
                                    """)
                            .param("task", TASK)
                            .query(Integer.class)
                            .single()
                    == 1);
            assertThat(runs).hasValue(1);
        } finally {
            processes.forEach(SharedChores::stop);
        }
    }

    /** A push that takes hours must not keep webhooks waiting. */
    @Test
    void tasksBeyondTheConcurrencyOfTheirChoreKeepNoOtherWaiting() throws InterruptedException {
        CountDownLatch released = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        TriggeredChore slow = new TriggeredChore(TASK, 2, Duration.ZERO, id -> {
            begun.incrementAndGet();
            awaitQuietly(released);
            return Optional.empty();
        });
        CountDownLatch done = new CountDownLatch(1);
        RecurringChore other = new RecurringChore("another thing", Duration.ofDays(1), done::countDown);
        IntStream.range(0, 20).forEach(number -> due("slow " + number));
        SharedChores chores = chores(Clock.systemUTC(), List.of(other), List.of(slow));

        chores.start();
        try {
            done.await();
            await(() -> IntStream.range(0, 20)
                            .filter(number -> dueTime("slow " + number).equals(Optional.of(NOW)))
                            .count()
                    == 2);
            assertThat(begun).hasValue(2);
        } finally {
            released.countDown();
            chores.stop();
            TestDatabase.administrator()
                    .sql("DELETE FROM scheduled_tasks WHERE task_name = 'another thing'")
                    .update();
        }
    }

    @Test
    void endIsToldWhenTheLastTaskHasEnded() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        SharedChores chores = chores(id -> {
            begun.countDown();
            awaitQuietly(released);
            return Optional.empty();
        });
        due("a");
        chores.start();
        begun.await();

        chores.stop(ended::countDown);

        assertThat(ended.getCount()).isOne();
        released.countDown();
        ended.await();
        assertThat(chores.isRunning()).isFalse();
        assertThat(dueTime("a")).isEmpty();
    }

    @Test
    void taskThatTheEndDoesNotWaitForIsInterruptedAndStays() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        TriggeredChore endless = new TriggeredChore(TASK, 1, Duration.ZERO, id -> {
            begun.countDown();
            awaitQuietly(new CountDownLatch(1));
            throw new IllegalStateException("cut off");
        });
        SharedChores chores = chores(new SettableClock(NOW), List.of(), List.of(endless));
        due("a");
        chores.start();
        begun.await();

        chores.stop();

        assertThat(dueTime("a")).contains(NOW.plus(SharedChores.AFTER_FAILURE));
    }

    @Test
    void whatWasStoppedStartsAgain() {
        AtomicInteger runs = new AtomicInteger();
        SharedChores chores = chores(id -> {
            runs.incrementAndGet();
            return Optional.empty();
        });
        chores.start();
        chores.stop();
        due("a");

        chores.start();
        try {
            await(() -> dueTime("a").isEmpty());
        } finally {
            chores.stop();
        }
        assertThat(runs).hasValue(1);
    }

    @Test
    void taskIsRunAgainWhenItSaysAndAWhileAfterItFailed() {
        Instant next = NOW.plus(Duration.ofHours(1));
        SharedChores chores = chores(id -> {
            if (id.equals("fails")) {
                throw new IllegalStateException("on purpose");
            }
            return Optional.of(next);
        });
        due("fails");
        due("goes on");

        chores.start();
        try {
            await(() -> dueTime("goes on").equals(Optional.of(next)));
            await(() -> dueTime("fails").equals(Optional.of(NOW.plus(SharedChores.AFTER_FAILURE))));
        } finally {
            chores.stop();
        }
    }

    private SharedChores chores(Function<String, Optional<Instant>> run) {
        return chores(
                new SettableClock(NOW), List.of(), List.of(new TriggeredChore(TASK, 2, Duration.ofMinutes(1), run)));
    }

    private SharedChores chores(Clock clock, List<RecurringChore> recurring, List<TriggeredChore> triggered) {
        return new SharedChores(
                pool,
                clock,
                new BackgroundProperties(Duration.ofMillis(20), Duration.ofMinutes(1)),
                recurring,
                triggered);
    }

    /** Puts a task in as a trigger does. */
    private static void due(String instance) {
        TestDatabase.administrator()
                .sql("""
                        INSERT INTO scheduled_tasks (task_name, task_instance, execution_time, picked, version)
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
                .sql(
                        "SELECT execution_time FROM scheduled_tasks WHERE task_name = 'something' AND task_instance = :instance")
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
