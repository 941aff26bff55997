package dev.anneal.service.platform.schedule;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Runs the chores that one process does for all, with one scheduler and one table. It has a thread for each concurrent
 * run, so no chore waits for another. It stops while the web server finishes its requests, not before.
 */
@Component
@ConditionalOnRole(Role.API)
@DependsOnDatabaseInitialization
public final class SharedChores implements SmartLifecycle {

    /** Delay after a failure, such as a short outage of the database. */
    static final Duration AFTER_FAILURE = Duration.ofSeconds(30);

    /** Minimum delay of a task beyond the concurrency of its chore; the maximum is ten times as long. */
    private static final Duration UNTIL_NEXT_TURN = Duration.ofSeconds(1);

    /** How long a thread waits for a task's turn before that delay, so that bursts of short tasks are not delayed. */
    private static final long TURN_MILLIS = 200;

    private static final int MISSED_HEARTBEATS = 4;

    /** Interrupted runs are repeated by another process. */
    private static final Duration LAST_WAIT_FOR_RECURRING = Duration.ofSeconds(5);

    private final DataSource pool;
    private final Clock clock;
    private final BackgroundProperties properties;
    private final List<RecurringChore> recurring;
    private final List<TriggeredChore> triggered;

    /** How long the shutdown waits for the run of each thread. */
    private final Map<Thread, Duration> lastWaits = new ConcurrentHashMap<>();

    private @Nullable Scheduler scheduler;
    private volatile boolean isStopping;

    public SharedChores(
            @Qualifier("systemPool") DataSource pool,
            Clock clock,
            BackgroundProperties properties,
            List<RecurringChore> recurring,
            List<TriggeredChore> triggered) {
        this.pool = pool;
        this.clock = clock;
        this.properties = properties;
        this.recurring = List.copyOf(recurring);
        this.triggered = List.copyOf(triggered);
    }

    /** A stopped scheduler cannot be restarted, so each start creates a new one. */
    @Override
    public synchronized void start() {
        isStopping = false;
        List<CustomTask<Void>> onDemand = triggered.stream().map(this::task).toList();
        List<RecurringTask<Void>> again = recurring.stream()
                .map(chore -> Tasks.recurring(chore.name(), FixedDelay.of(chore.interval()))
                        .execute((instance, context) -> waitedFor(LAST_WAIT_FOR_RECURRING, () -> {
                            if (!isStopping) {
                                chore.run().run();
                            }
                            return Optional.empty();
                        })))
                .toList();
        int threads = recurring.size()
                + triggered.stream().mapToInt(TriggeredChore::concurrency).sum();
        scheduler = Scheduler.create(pool, onDemand.toArray(CustomTask[]::new))
                .startTasks(again)
                .clock(clock::instant)
                .threads(threads)
                .pollingInterval(properties.pollInterval())
                // Unlike the other strategy, this one never picks a task that only another version of the service
                // knows.
                .pollUsingFetchAndLockOnExecute(0.5, 3.0)
                .heartbeatInterval(properties.takeover().dividedBy(MISSED_HEARTBEATS))
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                // Tasks of another version are left to its processes while both run.
                .deleteUnresolvedAfter(Duration.ofDays(365))
                .shutdownMaxWait(Stream.concat(
                                Stream.of(LAST_WAIT_FOR_RECURRING),
                                triggered.stream().map(TriggeredChore::lastWait))
                        .max(Comparator.naturalOrder())
                        .orElseThrow())
                .alwaysPersistTimestampInUTC()
                .build();
        scheduler.start();
    }

    private CustomTask<Void> task(TriggeredChore chore) {
        Semaphore places = new Semaphore(chore.concurrency());
        return Tasks.custom(chore.name(), Void.class)
                .onFailure((complete, operations) ->
                        operations.reschedule(complete, clock.instant().plus(AFTER_FAILURE)))
                .onDeadExecutionRevive()
                .execute((instance, context) -> completion(inTurn(chore, places, instance.getId())));
    }

    private Optional<Instant> inTurn(TriggeredChore chore, Semaphore places, String instance) {
        if (isStopping || !isTurn(places)) {
            return Optional.of(nextTurn(clock));
        }
        try {
            return waitedFor(chore.lastWait(), () -> chore.run().apply(instance));
        } finally {
            places.release();
        }
    }

    private static boolean isTurn(Semaphore places) {
        try {
            return places.tryAcquire(TURN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private Optional<Instant> waitedFor(Duration lastWait, Supplier<Optional<Instant>> run) {
        lastWaits.put(Thread.currentThread(), lastWait);
        try {
            return run.get();
        } finally {
            lastWaits.remove(Thread.currentThread());
        }
    }

    /**
     * Time at which a task without a free slot is tried again; random, so that waiting tasks do not return together.
     */
    public static Instant nextTurn(Clock clock) {
        long least = UNTIL_NEXT_TURN.toMillis();
        return clock.instant().plusMillis(ThreadLocalRandom.current().nextLong(least, 10 * least));
    }

    private static CompletionHandler<Void> completion(Optional<Instant> next) {
        return (complete, operations) ->
                next.ifPresentOrElse(time -> operations.reschedule(complete, time), operations::remove);
    }

    /** Waits for running chores, each for its own time, then interrupts them. */
    @Override
    public synchronized void stop() {
        if (scheduler != null) {
            isStopping = true;
            lastWaits.forEach((thread, lastWait) -> CompletableFuture.delayedExecutor(
                            lastWait.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> {
                        if (lastWaits.containsKey(thread)) {
                            thread.interrupt();
                        }
                    }));
            scheduler.stop();
            scheduler = null;
        }
    }

    @Override
    public void stop(Runnable ended) {
        DaemonThreads.start("background-end", () -> {
            try {
                stop();
            } finally {
                ended.run();
            }
        });
    }

    @Override
    public int getPhase() {
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
    }

    @Override
    public synchronized boolean isRunning() {
        return scheduler != null;
    }
}
