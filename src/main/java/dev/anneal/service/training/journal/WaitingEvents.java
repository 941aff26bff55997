package dev.anneal.service.training.journal;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.queue.WorkerStates;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.history.JobEvent;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Events of jobs that wait because of faults of workers. */
@Component
public final class WaitingEvents {

    /** Queued jobs that no worker has claimed and whose newest event is not about waiting. */
    private static final String UNTOLD = """
            SELECT job.id AS job, job.work_id AS work
            FROM work
            JOIN job ON job.work_id = work.id
            LEFT JOIN LATERAL (
                SELECT message FROM job_event WHERE job_event.job_id = job.id ORDER BY number DESC LIMIT 1
            ) AS latest ON true
            WHERE work.state = 'QUEUED' AND work.kind = 'TRAIN' AND work.waits = 0
              AND coalesce(latest.message, '') NOT LIKE :waits || '%'
              AND work.devices >= :devices
              AND work.id > :after
            ORDER BY work.id
            LIMIT 1000
            """;

    /** 1634624120 distinguishes this lock from others in the database. */
    private static final String TELL_ALONE = "SELECT pg_try_advisory_xact_lock(1634624120)";

    private final JdbcClient jdbc;
    private final SystemDatabase system;
    private final WorkerStates workers;
    private final Events events;

    WaitingEvents(JdbcClient jdbc, SystemDatabase system, WorkerStates workers, Events events) {
        this.jdbc = jdbc;
        this.system = system;
        this.workers = workers;
        this.events = events;
    }

    /** Adds an event to jobs that no worker can currently take; one process at a time, so that no job gets it twice. */
    public void explain() {
        explain(1);
    }

    /** @param devices the least number of devices of the jobs that are looked at */
    public void explain(int devices) {
        Long after = 0L;
        while (after != null) {
            after = tell(devices, after);
        }
    }

    /** Handles a page and returns its last work, or null if there are no more. */
    private @Nullable Long tell(int devices, long after) {
        return system.call(() -> {
                    if (!jdbc.sql(TELL_ALONE).query(Boolean.class).single()) {
                        return Optional.<Long>empty();
                    }
                    Map<Long, Long> jobs = jdbc
                            .sql(UNTOLD)
                            .param("waits", AttemptEvents.WAITS + " because")
                            .param("devices", devices)
                            .param("after", after)
                            .query((row, number) -> Map.entry(row.getLong("work"), row.getLong("job")))
                            .list()
                            .stream()
                            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
                    workers.heldUp(jobs.keySet())
                            .forEach((work, waiting) -> events.append(
                                    Objects.requireNonNull(jobs.get(work)),
                                    JobEvent.Level.WARN,
                                    AttemptEvents.waits(waiting)));
                    return jobs.keySet().stream().max(Comparator.naturalOrder());
                })
                .orElse(null);
    }
}
