package dev.anneal.service.queue;

import dev.anneal.service.platform.database.JsonColumn;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TimeColumn;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.platform.startup.Build;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reports of workers, from which queued work shows when it will start, or why no worker can take it. */
@Component
public final class WorkerStates {

    private static final String REPORT = """
            WITH gone AS (
                DELETE FROM worker_state
                WHERE seen_at < clock_timestamp() - interval '1 day'
            )
            INSERT INTO worker_state AS state
                (id, worker, worker_group, version, engine, training_slots, takes_work, fault, fault_since,
                 lacking_models)
            VALUES (:id, :worker, :group, :version, CAST(:engine AS jsonb), :slots, :takesWork, CAST(:fault AS jsonb),
                    CASE WHEN CAST(:fault AS jsonb) IS NOT NULL THEN clock_timestamp() END, :lacking)
            ON CONFLICT (id) DO UPDATE
            SET seen_at = clock_timestamp(),
                training_slots = excluded.training_slots,
                takes_work = excluded.takes_work,
                fault = excluded.fault,
                fault_since = CASE WHEN excluded.fault ->> 'code' = state.fault ->> 'code'
                                   THEN state.fault_since
                                   ELSE excluded.fault_since END,
                lacking_models = excluded.lacking_models
            """;

    private static final String LEAVE = "DELETE FROM worker_state WHERE id = :id";

    private static final String TOO_FEW = "too_few_devices";

    /** Devices that a worker, with those of its group if they may be of several workers, has for the work. */
    private static final String FOR_THE_WORK = """
            CASE WHEN work.one_worker OR worker_group = '' THEN training_slots
                 ELSE (SELECT sum(peer.training_slots) FROM pooled_worker AS peer WHERE peer.own = running_worker.id)
            END""";

    /**
     * Joined to queued work: a row for work that none of the existing workers can take, because each has a fault, lacks
     * a model or has too few devices.
     */
    static final String HELD = """
            LATERAL (
                SELECT coalesce(min(fault_since),
                                greatest(work.run_at, (SELECT max(ended_at)
                                                       FROM attempt
                                                       WHERE attempt.work_id = work.id))) AS held_since,
                       (array_agg(fault ORDER BY fault_since) FILTER (WHERE fault IS NOT NULL))[1] AS held_fault,
                       max(%1$s) AS most_devices
                FROM running_worker
                WHERE work.state = 'QUEUED'
                HAVING bool_and(fault IS NOT NULL OR work.models && lacking_models
                                OR work.slot = 'TRAINING' AND work.devices > %1$s)
            ) AS held ON true
            """.strip().formatted(FOR_THE_WORK);

    /** The columns that {@link #heldUp(ResultSet)} reads. */
    static final String HELD_FIELDS =
            "held_since, held_fault ->> 'code' AS held_code, held_fault ->> 'message' AS held_message, most_devices";

    private static final String HELD_UP = """
            SELECT work.id, work.models, work.devices, work.one_worker, %s
            FROM work
            JOIN %s
            WHERE work.id = ANY (:ids)
            """.formatted(HELD_FIELDS, HELD);

    private static final String SLOTS = """
            SELECT coalesce(sum(training_slots), 0)
            FROM running_worker
            WHERE fault IS NULL
            """;

    private static final String LARGEST = """
            SELECT max(training_slots) AS devices, max(pooled_slots) AS pooled, count(*) AS workers
            FROM running_worker
            WHERE training_slots > 0
            HAVING count(*) > 0
            """;

    private static final String NEWEST_ENGINE = """
            SELECT engine
            FROM running_worker
            ORDER BY started_at DESC
            LIMIT 1
            """;

    private final JdbcClient jdbc;
    private final SystemDatabase system;

    WorkerStates(JdbcClient jdbc, SystemDatabase system) {
        this.jdbc = jdbc;
        this.system = system;
    }

    /**
     * Records a worker's report. The worker repeats it well within a minute.
     *
     * @param engine set-up of its trainings, which does not change
     * @param trainingSlots number of concurrent trainings, without slots that are given up
     * @param takesWork whether it takes further work
     * @param fault why it claims nothing, or null
     * @param lackingModels missing base models, whose work it skips
     */
    public void report(
            WorkerProcess worker,
            EngineSetup engine,
            int trainingSlots,
            boolean takesWork,
            @Nullable WorkError fault,
            Set<String> lackingModels) {
        system.run(() -> jdbc.sql(REPORT)
                .param("id", worker.id())
                .param("worker", worker.name())
                .param("group", worker.group())
                .param("version", Build.version())
                .param("engine", JsonColumn.write(engine))
                .param("slots", trainingSlots)
                .param("takesWork", takesWork)
                .param("fault", fault == null ? null : JsonColumn.write(ErrorColumn.parameters(fault)))
                .param("lacking", lackingModels.toArray(String[]::new))
                .update());
    }

    /** Removes the report of a worker that ends. */
    public void leave(UUID process) {
        system.run(() -> jdbc.sql(LEAVE).param("id", process).update());
    }

    /** Number of training slots of running workers without a fault. */
    public int trainingSlots() {
        return jdbc.sql(SLOTS).query(Integer.class).single();
    }

    /**
     * The most devices that can train a job, whether their workers have faults or not.
     *
     * @param devices most devices of one running worker
     * @param pooled most devices of a running worker with those of its group
     * @param workers number of running workers with devices for trainings
     */
    public record LargestWorker(int devices, int pooled, int workers) {}

    /** Empty if no running worker trains. */
    public Optional<LargestWorker> largest() {
        return jdbc.sql(LARGEST).query(LargestWorker.class).optional();
    }

    /** How the running worker that started last sets up its trainings. */
    public Optional<EngineSetup> newestEngine() {
        return jdbc.sql(NEWEST_ENGINE)
                .query((row, number) -> JsonColumn.read(row.getString("engine"), EngineSetup.class))
                .optional();
    }

    /** Faults that queued work without an able worker waits for, by id. */
    public Map<Long, Waiting> heldUp(Collection<Long> ids) {
        return ids.isEmpty()
                ? Map.of()
                : jdbc
                        .sql(HELD_UP)
                        .param("ids", ids.toArray(Long[]::new))
                        .query((row, number) -> Map.entry(row.getLong("id"), heldUp(row)))
                        .list()
                        .stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The fault that queued work without an able worker waits for; null for other work. */
    static @Nullable Waiting heldUp(ResultSet row) throws SQLException {
        Instant since = TimeColumn.read(row, "held_since");
        if (since == null) {
            return null;
        }
        String code = row.getString("held_code");
        if (code != null) {
            return new Waiting(code, row.getString("held_message"), since, 0);
        }
        int devices = row.getInt("devices");
        int most = row.getInt("most_devices");
        return devices > most
                ? new Waiting(TOO_FEW, tooFew(devices, most, row.getBoolean("one_worker")), since, 0)
                : new Waiting("model_not_available", WorkModels.missing(WorkModels.read(row)), since, 0);
    }

    private static String tooFew(int devices, int most, boolean ofOneWorker) {
        return ofOneWorker
                ? ("The job needs %d devices of one worker, and no worker has more than %d; start a worker with as many"
                                + " (anneal.worker.devices), or create the job with fewer (anneal.devices).")
                        .formatted(devices, most)
                : ("The job needs %d devices, and no worker or group of workers that can work has more than %d; start"
                                + " more (anneal.worker.devices, anneal.worker.group), or create the job with fewer"
                                + " (anneal.devices).")
                        .formatted(devices, most);
    }
}
