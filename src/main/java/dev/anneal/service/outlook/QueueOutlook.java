package dev.anneal.service.outlook;

import dev.anneal.service.database.SystemDatabase;
import dev.anneal.service.queue.WorkState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What recent trainings say about coming ones: how long one takes, and how many tokens a second a model trains. Looked up across
 * tenants and at most every {@link #LIFE}, because an estimate need not be newer; by one caller at a time, while the others go by the
 * look before.
 */
final class QueueOutlook {

    private static final Duration LIFE = Duration.ofSeconds(15);

    private static final String IN_STATE = "SELECT count(*) FROM work WHERE state = :state AND slot = 'TRAINING'";

    private static final String RECENT = """
            SELECT job.model,
                   count(*) AS jobs,
                   sum(extract(EPOCH FROM recent.finished_at - recent.claimed_at))::double precision AS seconds,
                   sum(latest.tokens)::double precision AS tokens
            FROM (
                SELECT id, claimed_at, finished_at
                FROM work
                WHERE kind = 'TRAIN' AND state = 'SUCCEEDED'
                ORDER BY finished_at DESC
                LIMIT 50
            ) AS recent
            JOIN job ON job.work_id = recent.id
            JOIN job_progress AS progress ON progress.job_id = job.id
            JOIN job_step AS latest ON latest.job_id = job.id AND latest.step = progress.step
            GROUP BY job.model
            """;

    private final SystemDatabase system;
    private final Clock clock;
    private final Lock looking = new ReentrantLock();
    private volatile @Nullable Snapshot latest;

    QueueOutlook(SystemDatabase system, Clock clock) {
        this.system = system;
        this.clock = clock;
    }

    /** Seconds until a training at this position of the queue starts, as far as past ones tell. */
    OptionalDouble secondsUntilStart(long position) {
        Snapshot now = snapshot();
        return now.secondsPerJob() == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(position * now.secondsPerJob() / Math.max(1, now.running()));
    }

    /** Seconds until a training that joined the queue now would start. */
    OptionalDouble secondsUntilStart() {
        return secondsUntilStart(snapshot().queued());
    }

    /** Seconds that reading this many tokens takes on the model, loading and saving included. */
    OptionalDouble secondsToTrain(String model, long tokens) {
        Double speed = snapshot().tokensPerSecond().get(model);
        return speed == null ? OptionalDouble.empty() : OptionalDouble.of(tokens / speed);
    }

    private Snapshot snapshot() {
        Snapshot known = latest;
        if (known == null) {
            looking.lock();
        } else if (isCurrent(known) || !looking.tryLock()) {
            return known;
        }
        try {
            return lookUnlessSomebodyHas();
        } finally {
            looking.unlock();
        }
    }

    private Snapshot lookUnlessSomebodyHas() {
        Snapshot known = latest;
        if (known == null || !isCurrent(known)) {
            known = system.call(this::look);
            latest = known;
        }
        return known;
    }

    private boolean isCurrent(Snapshot known) {
        return known.takenAt().plus(LIFE).isAfter(clock.instant());
    }

    private Snapshot look(JdbcClient jdbc) {
        Totals totals = new Totals();
        jdbc.sql(RECENT).query(row -> {
            totals.add(row.getString("model"), row.getLong("jobs"), row.getDouble("seconds"), row.getDouble("tokens"));
        });
        return new Snapshot(
                clock.instant(),
                count(jdbc, WorkState.RUNNING),
                count(jdbc, WorkState.QUEUED),
                totals.secondsPerJob(),
                Map.copyOf(totals.speeds));
    }

    private static long count(JdbcClient jdbc, WorkState state) {
        return jdbc.sql(IN_STATE).param("state", state.name()).query(Long.class).single();
    }

    /** Numbers of one look. */
    private record Snapshot(
            Instant takenAt,
            long running,
            long queued,
            @Nullable Double secondsPerJob,
            Map<String, Double> tokensPerSecond) {}

    /** Sums over the models of one look. */
    private static final class Totals {

        private final Map<String, Double> speeds = new HashMap<>();
        private long jobs;
        private double seconds;

        void add(String model, long count, double modelSeconds, double tokens) {
            jobs += count;
            seconds += modelSeconds;
            if (tokens > 0 && modelSeconds > 0) {
                speeds.put(model, tokens / modelSeconds);
            }
        }

        @Nullable
        Double secondsPerJob() {
            return jobs == 0 ? null : seconds / jobs;
        }
    }
}
