package dev.anneal.service.outlook;

import dev.anneal.service.database.SystemDatabase;
import dev.anneal.service.machine.Machine;
import dev.anneal.service.machine.Machines;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.settings.TrainingCost;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What recent trainings and the newest worker's machine say about coming trainings: when they start, and how long they take. Looked up across
 * tenants and at most every {@link #LIFE}, because an estimate need not be newer; by one caller at a time, while the others go by the
 * look before.
 */
public final class QueueOutlook {

    private static final Duration LIFE = Duration.ofSeconds(15);

    private static final String IN_STATE = "SELECT count(*) FROM work WHERE state = :state AND slot = 'TRAINING'";

    /**
     * Steps are recorded together, up to a second after their end. The first one began at the earliest time that any of the first two hundred
     * tells: when it was recorded, less the seconds of all steps until then.
     */
    private static final String RECENT = """
            SELECT job.model,
                   count(*) AS jobs,
                   sum(extract(EPOCH FROM recent.finished_at - recent.claimed_at))::double precision AS seconds,
                   sum(greatest(0, extract(EPOCH FROM begun.at - recent.claimed_at)))::double precision AS start_seconds,
                   sum((job.settings -> 'cost' ->> 'operations')::double precision) AS operations
            FROM (
                SELECT id, claimed_at, finished_at
                FROM work
                WHERE kind = 'TRAIN' AND state = 'SUCCEEDED' AND lease_token = 1
                ORDER BY finished_at DESC
                LIMIT 50
            ) AS recent
            JOIN job ON job.work_id = recent.id
            CROSS JOIN LATERAL (
                SELECT min(recorded_at - make_interval(secs => computed)) AS at
                FROM (
                    SELECT recorded_at, sum(seconds) OVER (ORDER BY step) AS computed
                    FROM job_step
                    WHERE job_id = job.id AND step <= 200
                ) AS step
            ) AS begun
            WHERE begun.at IS NOT NULL
            GROUP BY job.model
            """;

    private final SystemDatabase system;
    private final Machines machines;
    private final Clock clock;
    private final Lock looking = new ReentrantLock();
    private volatile @Nullable Snapshot latest;

    QueueOutlook(SystemDatabase system, Machines machines, Clock clock) {
        this.system = system;
        this.machines = machines;
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

    /** The machine that a worker has measured last. */
    public Optional<Machine> machine() {
        return snapshot().machine();
    }

    /**
     * How long a training takes from its claim to its end, loading and saving included.
     *
     * @param share how much of it is to be done yet
     */
    Optional<ExpectedDuration> duration(String model, TrainingCost cost, double share) {
        Snapshot now = snapshot();
        Pace pace = now.paces().get(model);
        return pace == null
                ? now.machine().flatMap(machine -> MachinePace.of(machine, cost, share))
                : Optional.of(new ExpectedDuration(
                        pace.startSeconds() + share * cost.operations() / pace.operationsPerSecond(),
                        ExpectedDuration.Basis.PAST_JOBS));
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
            totals.add(
                    row.getString("model"),
                    row.getLong("jobs"),
                    row.getDouble("seconds"),
                    row.getDouble("start_seconds"),
                    row.getDouble("operations"));
        });
        return new Snapshot(
                clock.instant(),
                count(jdbc, WorkState.RUNNING),
                count(jdbc, WorkState.QUEUED),
                totals.secondsPerJob(),
                Map.copyOf(totals.paces),
                machines.newest(jdbc));
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
            Map<String, Pace> paces,
            Optional<Machine> machine) {}

    /**
     * How trainings of a model went.
     *
     * @param startSeconds from the claim to the first step
     */
    private record Pace(double startSeconds, double operationsPerSecond) {}

    /** Sums over the models of one look. */
    private static final class Totals {

        private final Map<String, Pace> paces = new HashMap<>();
        private long jobs;
        private double seconds;

        void add(String model, long count, double modelSeconds, double startSeconds, double operations) {
            jobs += count;
            seconds += modelSeconds;
            double computing = modelSeconds - startSeconds;
            if (operations > 0 && computing > 0) {
                paces.put(model, new Pace(startSeconds / count, operations / computing));
            }
        }

        @Nullable
        Double secondsPerJob() {
            return jobs == 0 ? null : seconds / jobs;
        }
    }
}
