package dev.anneal.service.training.history;

import dev.anneal.service.platform.database.SystemDatabase;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Deletes what jobs have reported that ended long ago: their events, samples and steps. The newest steps and those of checkpoints stay,
 * because the job and its checkpoints show them, as do validations, which are few.
 */
@Component
public final class PastHistory {

    /** Rows deleted by a statement, within a second. */
    private static final int BATCH = 10_000;

    private static final int JOBS = 100;

    /** Events go last, so that a job that has some is not done. */
    private static final String ENDED = """
            SELECT job.id
            FROM job
            JOIN work ON work.id = job.work_id
            WHERE work.kind = 'TRAIN'
              AND work.finished_at < clock_timestamp() - make_interval(days => :days)
              AND EXISTS (SELECT FROM job_event WHERE job_id = job.id)
              AND job.id > :after
            ORDER BY job.id
            LIMIT :limit
            """;

    private static final List<String> DELETIONS = List.of("""
            DELETE FROM job_sample
            WHERE ctid = ANY (ARRAY (SELECT ctid FROM job_sample WHERE job_id = :job LIMIT :batch))
            """, """
            DELETE FROM job_step
            WHERE ctid = ANY (ARRAY (
                SELECT ctid
                FROM job_step
                WHERE job_id = :job
                  AND step <= (SELECT step - 20 FROM job_progress WHERE job_id = :job)
                  AND step NOT IN (SELECT step FROM checkpoint WHERE job_id = :job)
                LIMIT :batch
            ))
            """, """
            DELETE FROM job_event
            WHERE ctid = ANY (ARRAY (SELECT ctid FROM job_event WHERE job_id = :job LIMIT :batch))
            """);

    private final JdbcClient jdbc;
    private final SystemDatabase database;

    PastHistory(JdbcClient jdbc, SystemDatabase database) {
        this.jdbc = jdbc;
        this.database = database;
    }

    /** Deletes the histories of jobs that ended more than {@code days} ago, and returns how many rows that were. */
    public long forget(int days) {
        long forgotten = 0;
        List<Long> jobs = endedBefore(days, 0);
        while (!jobs.isEmpty() && !Thread.currentThread().isInterrupted()) {
            for (long job : jobs) {
                forgotten += forget(job);
            }
            jobs = endedBefore(days, jobs.get(jobs.size() - 1));
        }
        return forgotten;
    }

    private List<Long> endedBefore(int days, long after) {
        return database.call(() -> jdbc.sql(ENDED)
                .param("days", days)
                .param("after", after)
                .param("limit", JOBS)
                .query(Long.class)
                .list());
    }

    private long forget(long job) {
        long forgotten = 0;
        for (String deletion : DELETIONS) {
            int gone = BATCH;
            while (gone == BATCH) {
                gone = database.call(() -> jdbc.sql(deletion)
                        .param("job", job)
                        .param("batch", BATCH)
                        .update());
                forgotten += gone;
            }
        }
        return forgotten;
    }
}
