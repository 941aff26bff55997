package dev.anneal.service.training.journal;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.history.JobEvent;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Events of jobs on several devices that wait until enough of them are free. */
@Component
public final class DeviceWaits {

    /** With the worker, or the group of workers, that could do the job and has most free devices. */
    private static final String UNTOLD = """
            SELECT job.id AS job, work.devices, best.name, best.devices AS present, best.free
            FROM work
            JOIN job ON job.work_id = work.id
            CROSS JOIN LATERAL (
                SELECT name, devices, free
                FROM (SELECT 'worker ' || quote_literal(worker) AS name, training_slots::bigint AS devices, free
                      FROM running_worker
                      JOIN free_devices USING (id)
                      WHERE fault IS NULL AND NOT work.models && lacking_models
                      UNION ALL
                      SELECT 'the group ' || quote_literal(worker_group), sum(training_slots), sum(free)
                      FROM pooled_worker
                      JOIN free_devices USING (id)
                      WHERE worker_group <> '' AND NOT work.one_worker
                      GROUP BY own, worker_group
                      HAVING max(training_slots) < work.devices
                         AND bool_and(fault IS NULL AND NOT work.models && lacking_models)) AS able
                WHERE devices >= work.devices
                ORDER BY free DESC, name
                LIMIT 1
            ) AS best
            WHERE work.state = 'QUEUED' AND work.kind = 'TRAIN' AND work.devices > 1 AND work.waits = 0
              AND best.free < work.devices
              AND work.run_at < clock_timestamp() - interval '1 minute'
              AND NOT EXISTS (
                  SELECT FROM (SELECT message FROM job_event
                               WHERE job_event.job_id = job.id
                               ORDER BY number DESC
                               LIMIT 1) AS latest
                  WHERE latest.message LIKE :waits || '%')
            ORDER BY work.id
            LIMIT 1000
            """;

    /** 1634624121 distinguishes this lock from others in the database. */
    private static final String TELL_ALONE = "SELECT pg_try_advisory_xact_lock(1634624121)";

    private static final String WAITS = AttemptEvents.WAITS + " for ";

    private final JdbcClient jdbc;
    private final SystemDatabase system;
    private final Events events;

    DeviceWaits(JdbcClient jdbc, SystemDatabase system, Events events) {
        this.jdbc = jdbc;
        this.system = system;
        this.events = events;
    }

    /** A job, and where it waits for devices. */
    private record Wait(long job, int devices, String name, long present, long free) {

        String message() {
            return WAITS
                    + "%d devices: %s has %d, of which %d %s free now"
                            .formatted(devices, name, present, free, free == 1 ? "is" : "are");
        }
    }

    /**
     * Tells jobs that have waited for a minute how many devices they wait for, and where; one process at a time, so
     * that no job is told twice.
     */
    public void explain() {
        system.run(() -> {
            if (jdbc.sql(TELL_ALONE).query(Boolean.class).single()) {
                jdbc.sql(UNTOLD)
                        .param("waits", WAITS)
                        .query(Wait.class)
                        .list()
                        .forEach(wait -> events.append(wait.job(), JobEvent.Level.INFO, wait.message()));
            }
        });
    }
}
